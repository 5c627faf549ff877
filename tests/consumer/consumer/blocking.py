"""A script: hide, reveal, push, and tell the errors apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from underpaint_client import (
    Address,
    BlockingClient,
    ConnectionFailed,
    HiddenImage,
    HideReport,
    Identity,
    Limits,
    Prepared,
    ProgressEvent,
    PushReceipt,
    Refused,
    RevealedSecret,
    Stage,
    hide,
    reveal,
)


def postcard(secret: Path, cover: NDArray[np.uint8], passphrase: str) -> tuple[float, bytes]:
    hidden: HiddenImage = hide(secret, cover, passphrase=passphrase, limits=Limits())
    report: HideReport = hidden.report
    found: RevealedSecret = reveal(b"".join(map(bytes, hidden.encoded())), passphrase=passphrase)
    return report.psnr_db, found.data


def push(address: str, identity: Path | Identity, secret: bytes, cover: Path) -> str | float | None:
    sent: list[int] = []

    def progress(event: ProgressEvent) -> None:
        if event.stage is Stage.SEND:
            sent.append(event.done)

    try:
        with BlockingClient(Address.parse(address), identity=identity, timeout=5.0) as client:
            prepared: Prepared = client.prepare(secret, cover=cover, mode="planes", planes=2)
            receipt: PushReceipt = client.deliver(prepared, progress=progress)
    except Refused as refusal:
        return refusal.retry_after
    except ConnectionFailed as failure:
        return failure.hint or failure.message
    return receipt.id
