"""SIGTERM and SIGHUP end a command as Ctrl-C does: what is half done is taken back."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

_NAMES = ("SIGTERM", "SIGHUP")


@contextlib.contextmanager
def taken_as_ctrl_c() -> Iterator[None]:
    """Turn the signals that would end the process at once into what Ctrl-C does.

    A signal that is ignored, as SIGHUP under nohup, or handled already is left alone, and so is
    everything outside the main thread. A daemon that handles signals itself replaces this.
    """
    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        numbers = []
    replaced = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    for number in replaced:
        signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number in replaced:
            signal.signal(number, signal.SIG_DFL)


def _interrupt(_number: int, frame: FrameType | None) -> None:
    """Do what Ctrl-C would do now: asyncio, while it runs, cancels its main task."""
    handler = signal.getsignal(signal.SIGINT)
    if callable(handler):
        handler(signal.SIGINT, frame)
    else:  # Ctrl-C is ignored, as in a shell's background jobs; this signal is not
        raise KeyboardInterrupt
