"""A delivery that is remembered until its receipt, so that the next run can go on with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from underpaint_client.client import Client
from underpaint_client.pending import PendingUploads
from underpaint_client.prepare import Prepared
from underpaint_client.progress import Progress
from underpaint_client.receipts import PushReceipt
from underpaint_client.recipe import Recipe
from underpaint_common.errors import Damaged, Refused


async def deliver(
    client: Client,
    pending: PendingUploads,
    recipe: Recipe,
    prepared: Prepared,
    *,
    progress: Progress | None = None,
    on_receipt: Callable[[PushReceipt], object],
) -> PushReceipt:
    """Deliver an upload, and forget it when another attempt could bring nothing else.

    Parameters
    ----------
    client : Client
        Connected.
    pending : PendingUploads
        Where the upload is kept.
    recipe, prepared : Recipe, Prepared
        What it was made of, and it.
    progress : Progress, optional
        Hears of each step.
    on_receipt : callable
        Notes the receipt, in a thread, before the upload is forgotten.

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
    await asyncio.to_thread(on_receipt, receipt)
    await asyncio.to_thread(pending.forget, recipe, prepared)
    return receipt
