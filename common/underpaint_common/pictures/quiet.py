"""Keeping Pillow's warnings and log lines about strange files off the screen.

Python's warning filters belong to the whole process, and `warnings.catch_warnings` restores
them wrongly when two threads use it at once; so one context is shared by all.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import warnings
from collections.abc import Iterator

from underpaint_common.pictures.shared_context import SharedContext


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    handler = logging.NullHandler()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Without any handler, Python prints log lines of errors to stderr.
        logging.getLogger("PIL").addHandler(handler)
        try:
            yield
        finally:
            logging.getLogger("PIL").removeHandler(handler)


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


quiet = SharedContext(_silence)
"""A context in which Pillow says nothing."""
