"""A line between client and server that a test can cut: bytes pass until it says stop."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self

from underpaint_common.wire import Address

_ENDLESS = 1 << 40


class Relay:
    """Hands on what comes, and holds answers back once the client has sent so many bytes.

    Parameters
    ----------
    address : Address
        The real server's.
    answers_until : int
        Bytes of the client after which it is answered no more.
    cut_at : int, optional
        Bytes of the client after which it is cut off.
    turned_away : int
        How many connections are closed without a byte after that.
    """

    def __init__(
        self,
        address: Address,
        *,
        answers_until: int = _ENDLESS,
        cut_at: int = _ENDLESS,
        turned_away: int = 0,
    ) -> None:
        self._there = (address.host, address.port)
        self._answers_until = answers_until
        self._cut_at = cut_at
        self.turned_away = turned_away
        self._sent = 0
        self._has_cut = False
        self._stopped = threading.Event()
        self.silent = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self.address = Address("127.0.0.1", port, address.server_key)

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._listener.close()

    def answer(self) -> None:
        """Let answers through from now on."""
        self._answers_until = _ENDLESS

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if self._has_cut and self.turned_away:
                    self.turned_away -= 1
                    near.close()
                    continue
                far = socket.create_connection(self._there)
                for source, target in ((near, far), (far, near)):
                    threading.Thread(
                        target=self._pass_on, args=(source, target, source is near), daemon=True
                    ).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, from_client: bool) -> None:
        with contextlib.suppress(OSError), source, target:
            while data := source.recv(1 << 16):
                if from_client:
                    self._sent += len(data)
                    if self._sent > self._cut_at and not self._has_cut:
                        self._has_cut = True
                        for each in (source, target):
                            each.shutdown(socket.SHUT_RDWR)
                        return
                elif self._sent > self._answers_until:
                    self.silent.set()
                    self._stopped.wait()
                target.sendall(data)
