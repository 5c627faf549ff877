"""What can be read only once, pipes and devices and standard input: read, and kept in memory."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import BinaryIO, Self

from underpaint_common.errors import LocalFileError, UnusableImage, reason_of
from underpaint_common.units import ByteCount, spelled


class Stream(bytes):
    """All bytes that came out of a stream, which knows by which name people call it.

    Attributes
    ----------
    name : str
        That name, for messages.
    """

    name: str

    @property
    def file_name(self) -> str | None:
        """The name that travels with it: of a named pipe its own, if that tells a kind of file."""
        return Path(self.name).name if Path(self.name).suffix else None

    @classmethod
    def read(cls, file: BinaryIO, name: str, *, max_bytes: int) -> Self:
        """Read a stream to its end.

        Raises
        ------
        UnusableImage
            It holds more than `max_bytes`.
        LocalFileError
            It cannot be read.
        """
        try:
            stream = cls(file.read(max_bytes + 1))
        except OSError as error:
            raise LocalFileError(f"cannot read {name}: {reason_of(error)}") from error
        if len(stream) > max_bytes:
            raise UnusableImage(
                f"{name} holds more than the limit of {spelled(ByteCount(max_bytes))}",
                hint="raise the limit if you trust where it comes from",
            )
        stream.name = name
        return stream


def read_if_stream(path: Path, *, max_bytes: int) -> Path | Stream:
    """Return a file as it is, and of anything else that can be read what it holds.

    Raises
    ------
    UnusableImage, LocalFileError
        As of `Stream.read`.
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        return path  # reading tells better what is wrong
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return path
    try:
        with path.open("rb") as file:
            return Stream.read(file, str(path), max_bytes=max_bytes)
    except OSError as error:
        raise LocalFileError(f"cannot read {path}: {reason_of(error)}") from error
