"""The three standard streams as a command finds them: closed, or of a narrow encoding."""

from __future__ import annotations

import io
import os
import sys


def prepare() -> None:
    """Make the streams fit to be used, whatever they are."""
    _replace_closed()
    _let_everything_be_written()


def _replace_closed() -> None:
    """Put the null device where a stream was closed, lest the next file be taken for it."""
    for name, flag, mode in (
        ("stdin", os.O_RDONLY, "r"),
        ("stdout", os.O_WRONLY, "w"),
        ("stderr", os.O_WRONLY, "w"),
    ):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, flag), mode, encoding="utf-8"))


def _let_everything_be_written() -> None:
    """Write escapes for what the encoding of standard output does not have."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")
