"""One push that is remembered until its receipt, so that running it again goes on with it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from underpaint_client.client import Client
from underpaint_client.pending import PendingUploads, Recipe
from underpaint_client.prepare import Prepared
from underpaint_client.progress import Progress
from underpaint_client.receipts import PushReceipt
from underpaint_common.errors import Damaged, Refused


async def ready(
    pending: PendingUploads, recipe: Recipe, prepare: Callable[[], Awaitable[Prepared]]
) -> Prepared:
    """Return the upload of an interrupted push, else a new one, kept for the next run.

    Parameters
    ----------
    pending : PendingUploads
        Where it is kept.
    recipe : Recipe
        What the push is made of.
    prepare : callable
        Hides the secret, where no earlier run has done so.
    """
    found = await asyncio.to_thread(pending.find, recipe)
    if found is not None:
        return found
    return await asyncio.to_thread(pending.keep, recipe, await prepare())


async def deliver(
    client: Client,
    pending: PendingUploads,
    recipe: Recipe,
    prepared: Prepared,
    *,
    progress: Progress | None = None,
) -> PushReceipt:
    """Deliver an upload, and forget it when another attempt could bring nothing else.

    Raises
    ------
    Refused, ConnectionFailed, Damaged
        As of `Client.deliver`; what may pass with time can be delivered by a later run.
    """
    try:
        receipt = await client.deliver(prepared, progress=progress)
    except (Refused, Damaged) as error:
        if isinstance(error, Damaged) or error.retry_after is None:
            await asyncio.to_thread(pending.forget, recipe, prepared)
        raise
    await asyncio.to_thread(pending.forget, recipe, prepared)
    return receipt
