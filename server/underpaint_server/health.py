"""/metrics, /healthz and /readyz over HTTP, on an address of their own.

Just enough of HTTP/1.1 for those who ask: a GET is read within bounds, answered, and the
connection closed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from underpaint_server.endpoint import Endpoint
from underpaint_server.gate import Gate
from underpaint_server.listening import cannot_listen
from underpaint_server.metrics import Metrics

_MAX_REQUEST = 8192
_MAX_AT_ONCE = 16
_SECONDS = 5.0
_TEXT = "text/plain; charset=utf-8"
_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
_REASONS = {200: "OK", 404: "Not Found", 405: "Method Not Allowed", 503: "Service Unavailable"}


class Health:
    """The server of what can be seen from outside.

    Parameters
    ----------
    metrics : Metrics
        For /metrics.
    trouble : callable
        Returns why the daemon cannot take uploads now, or None; for /readyz. /healthz answers
        as long as anything does.
    """

    def __init__(self, metrics: Metrics, trouble: Callable[[], str | None]) -> None:
        self._metrics = metrics
        self._trouble = trouble
        self._gate = Gate(_MAX_AT_ONCE)

    async def serve(self, endpoint: Endpoint) -> asyncio.Server:
        """Answer on an endpoint until the server is closed.

        Raises
        ------
        UsageError
            It cannot be listened on.
        """
        try:
            return await asyncio.start_server(
                self._answer, endpoint.host, endpoint.port, limit=_MAX_REQUEST
            )
        except OSError as error:
            raise cannot_listen(endpoint, error) from error

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        unheard = (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)
        try:
            with contextlib.suppress(*unheard):
                async with asyncio.timeout(_SECONDS), self._gate:
                    request = await reader.readuntil(b"\r\n\r\n")
                    writer.write(self._response(request))
                    await writer.drain()
        finally:
            writer.close()

    def _response(self, request: bytes) -> bytes:
        method, _, rest = request.partition(b" ")
        path = rest.partition(b" ")[0].partition(b"?")[0].decode("latin-1")
        if method not in (b"GET", b"HEAD"):
            return _response(405, "only GET")
        match path:
            case "/metrics":
                return _response(200, self._metrics.text(), _PROMETHEUS)
            case "/healthz":
                return _response(200, "ok\n")
            case "/readyz":
                trouble = self._trouble()
                return _response(503, f"{trouble}\n") if trouble else _response(200, "ready\n")
            case _:
                return _response(404, "/metrics, /healthz, /readyz\n")


def _response(status: int, body: str | bytes, media_type: str = _TEXT) -> bytes:
    content = body.encode() if isinstance(body, str) else body
    head = (
        f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: {media_type}\r\n"
        f"Content-Length: {len(content)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + content
