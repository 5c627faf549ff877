"""SIGTERM and SIGHUP end a command as Ctrl-C does: what is half done is taken back."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

NUMBERS: tuple[signal.Signals, ...] = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""The signals by which people and systems end a command."""


class AtOnce:
    """A handler that ends the process without any further step.

    Parameters
    ----------
    code : int
        The exit code; may change.

    Attributes
    ----------
    tell : callable or None
        Says why, if anything is to be said.
    """

    def __init__(self, code: int) -> None:
        self.code = code
        self.tell: Callable[[], object] | None = None

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        """End the process."""
        if self.tell is not None:
            self.tell()
        os._exit(self.code)


@contextlib.contextmanager
def taken_as_ctrl_c() -> Iterator[None]:
    """Turn the signals that would end the process at once into what Ctrl-C does.

    A signal that is ignored, as SIGHUP under nohup, or handled already is left alone, and so is
    everything outside the main thread. A daemon that handles signals itself replaces this.
    """
    replaced = {}
    if threading.current_thread() is threading.main_thread():
        for number in NUMBERS:
            before = signal.getsignal(number)
            if before is signal.SIG_DFL or isinstance(before, AtOnce):
                replaced[number] = before
    try:
        for number in replaced:
            is_ctrl_c = number is signal.SIGINT
            signal.signal(number, signal.default_int_handler if is_ctrl_c else _interrupt)
        yield
    finally:
        for number, before in replaced.items():
            signal.signal(number, before)


def _interrupt(_number: int, frame: FrameType | None) -> None:
    """Do what Ctrl-C would do now: asyncio, while it runs, cancels its main task."""
    handler = signal.getsignal(signal.SIGINT)
    if callable(handler) and not isinstance(handler, AtOnce):
        handler(signal.SIGINT, frame)
    else:  # Ctrl-C is ignored, as in a shell's background jobs; this signal is not
        raise KeyboardInterrupt
