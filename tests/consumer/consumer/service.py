"""A service: pushes under asyncio, each within a time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from underpaint_client import Client, PushReceipt, UnderpaintError, __version__


async def push_all(address: str, pairs: Iterable[tuple[Path, Path]]) -> dict[Path, PushReceipt]:
    stored: dict[Path, PushReceipt] = {}
    async with Client(address, retries=5) as client:
        for secret, cover in pairs:
            try:
                async with asyncio.timeout(60):
                    stored[secret] = await client.push(secret, cover=cover, form="compact")
            except (UnderpaintError, TimeoutError) as error:
                print(__version__, error)
    return stored


def total(receipts: Iterable[PushReceipt]) -> float:
    return sum(receipt.bytes + receipt.seconds.send for receipt in receipts)
