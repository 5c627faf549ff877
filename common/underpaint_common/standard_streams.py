"""The three standard streams as a command finds them: closed, or of a narrow encoding."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Buffer

_NAME = "standard output"


def prepare() -> None:
    """Make the streams fit to be used, whatever they are."""
    _replace_closed()
    _name_output()
    _let_everything_be_written()


def _replace_closed() -> None:
    """Put the null device where a stream was closed, lest the next file be taken for it.

    What is said to a closed standard error is lost, as whoever closed it wants; results that
    cannot be printed are an error.
    """
    if sys.stdin is None:
        sys.stdin = os.fdopen(os.open(os.devnull, os.O_RDONLY), encoding="utf-8")
    if sys.stdout is None:
        sys.stdout = io.TextIOWrapper(_ClosedOutput(), encoding="utf-8", write_through=True)
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")


class _ClosedOutput(io.RawIOBase):
    """Standard output where it is closed: fit for nothing but not to be written to."""

    def __init__(self) -> None:
        super().__init__()
        self._null = os.open(os.devnull, os.O_WRONLY)  # takes the number of standard output

    def fileno(self) -> int:
        """Return the number that keeps other files from being standard output."""
        return self._null

    def writable(self) -> bool:
        """Tell a writer, which asks, that it may try."""
        return True

    def write(self, _data: object) -> NoReturn:
        """Refuse."""
        raise OSError(errno.EBADF, "it is closed", _NAME)


class _NamedOutput(io.BufferedWriter):
    """Standard output, whose errors say that it is theirs.

    What it holds back is looked after below, in C: an interrupt between a write of the system and
    noting it would have the same bytes written twice.
    """

    def write(self, data: Buffer, /) -> int:
        """Write, or hold back."""
        with _named():
            return super().write(data)

    def flush(self) -> None:
        """Write what is held back."""
        with _named():
            super().flush()


@contextlib.contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, _NAME) from None


def drop_output() -> None:
    """Give up standard output: the interpreter, too, would write what is held back at its end."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    sys.stdout = os.fdopen(null, "w", encoding="utf-8")


def _name_output() -> None:
    """Let errors of standard output name it, unless somebody has put another stream there."""
    now = sys.stdout
    if now is sys.__stdout__ and isinstance(now, io.TextIOWrapper) and not now.isatty():
        buffer = _NamedOutput(io.FileIO(now.fileno(), "w", closefd=False))
        sys.stdout = io.TextIOWrapper(buffer, encoding=now.encoding, errors=now.errors)


def _let_everything_be_written() -> None:
    """Write escapes for what the encoding of standard output does not have."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")
