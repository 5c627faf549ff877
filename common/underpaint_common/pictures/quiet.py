"""Keeping Pillow's warnings and log lines about strange files off the screen.

Python's warning filters belong to the whole process, and `warnings.catch_warnings` restores
them wrongly when two threads use it at once. So the first thread to enter silences, the last
to leave restores, and a count stands in between.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import threading
import warnings
from types import TracebackType


class Quiet:
    """A context, shared by all threads, in which Pillow says nothing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._caught = warnings.catch_warnings()
        self._handler = logging.NullHandler()

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._caught = warnings.catch_warnings()
                self._caught.__enter__()
                warnings.simplefilter("ignore")
                # Without any handler, Python prints log lines of errors to stderr.
                logging.getLogger("PIL").addHandler(self._handler)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                logging.getLogger("PIL").removeHandler(self._handler)
                self._caught.__exit__(kind, error, trace)


def silence_libtiff() -> None:
    """Take libtiff's error handler away, which prints to stderr past Python.

    Errors still come back as return values. Where Pillow's libtiff cannot be reached, nothing
    happens but that it goes on printing.
    """
    import PIL._imaging as pillow_core

    # Asked for a name, a library's handle searches the libraries that it was linked to.
    library = ctypes.CDLL(pillow_core.__file__)
    for name in ("TIFFSetErrorHandler", "TIFFSetErrorHandlerExt"):
        with contextlib.suppress(AttributeError):
            set_handler = getattr(library, name)
            set_handler.restype = ctypes.c_void_p
            set_handler(None)


quiet = Quiet()
