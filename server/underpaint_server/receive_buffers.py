"""Memory for uploads that are being received: so many at a time as `receive_buffers` holds.

An upload gets its buffers before its client is asked for data, and no connection may send data
that was not asked for; so nobody makes the daemon hold more.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from underpaint_server.bounds import no_buffers
from underpaint_server.gate import Gate
from underpaint_server.limits import RECEIVE_BYTES_PER_UPLOAD, Limits

_PATIENCE = 10.0


class ReceiveBuffers:
    """The buffers, handed out first come, first served.

    Parameters
    ----------
    limits : callable
        Returns the bounds of this moment.
    """

    def __init__(self, limits: Callable[[], Limits]) -> None:
        self._limits = limits
        self._gate = Gate(1)

    @contextlib.asynccontextmanager
    async def of_one_upload(self) -> AsyncIterator[None]:
        """Hold the buffers of one upload, after waiting for them.

        Raises
        ------
        Refused
            It took too long until others gave theirs back.
        """
        self._gate.resize(self._limits().receive_buffers // RECEIVE_BYTES_PER_UPLOAD)
        async with contextlib.AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(_PATIENCE):
                    await stack.enter_async_context(self._gate)
            except TimeoutError:
                raise no_buffers() from None
            yield
