"""Waiting for what must not be left in the middle, whoever is cancelled meanwhile."""

from __future__ import annotations

import asyncio
from typing import TypeVar

T = TypeVar("T")


async def to_its_end(future: asyncio.Future[T]) -> T:
    """Wait until something has ended, also when the waiting task is cancelled, even repeatedly.

    Parameters
    ----------
    future : asyncio.Future
        What is waited for, a task for example; it is never cancelled from here.

    Returns
    -------
    object
        Its result.

    Raises
    ------
    CancelledError
        The waiting task was cancelled; what was waited for has ended all the same.
    """
    is_cancelled = False
    while not future.done():
        try:
            await asyncio.wait([future])
        except asyncio.CancelledError:
            is_cancelled = True
    if is_cancelled:
        if not future.cancelled():
            future.exception()  # has been seen: nobody is left to hear of it
        raise asyncio.CancelledError
    return future.result()
