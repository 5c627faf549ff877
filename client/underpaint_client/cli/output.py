"""What commands read and print: results on stdout, everything else on stderr (`voice`)."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from underpaint_client.cli.options import STREAM
from underpaint_client.cli.voice import say as say
from underpaint_client.cli.voice import say_more as say_more
from underpaint_client.cli.voice import warn as warn
from underpaint_common.errors import LocalFileError, UsageError, reason_of
from underpaint_common.terminal import print_json as print_json

if TYPE_CHECKING:
    from underpaint_client.streams import Stream

_UNITS = ("bytes", "KiB", "MiB", "GiB")


def finite(value: float) -> float | None:
    """Return a number JSON can hold: infinity, as of the PSNR of no change, becomes null."""
    return value if abs(value) != float("inf") else None


def size(count: int) -> str:
    """Return a byte count as people write it."""
    value, unit = float(count), 0
    while value >= 1024 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{count} bytes" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"


def decibels(psnr: float) -> str:
    """Return a PSNR as people write it."""
    return "unchanged" if psnr == float("inf") else f"{psnr:.1f} dB"


def detection(expected_error: float | None) -> str:
    """Return an expected detection error as people read it: 0.50 is a coin's."""
    if expected_error is None:
        return "detection error not known"
    return f"detection error about {expected_error:.2f} (extrapolated)"


def detection_fields(expected_error: float | None) -> dict[str, Any]:
    """Return what `--json` says of an expected detection error: null where there is none."""
    if expected_error is None:
        return {"expected_error": None, "expected_error_is": None}
    error = round(expected_error, 4)
    return {"expected_error": error, "expected_error_is": "extrapolated from 256 x 256 pixels"}


def source(argument: str, *, max_bytes: int) -> Path | Stream:
    """Return what an argument names: a file, or what a stream held that can be read only once.

    Streams are standard input for ``-``, pipes such as ``<(...)``, and devices.

    Raises
    ------
    UsageError
        Standard input is a terminal.
    UnusableImage
        A stream holds more than `max_bytes`.
    LocalFileError
        It cannot be read.
    """
    from underpaint_client.streams import Stream, read_if_stream

    if argument != STREAM:
        return read_if_stream(Path(argument), max_bytes=max_bytes)
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError("- reads from standard input, and that is a terminal")
    return Stream.read(sys.stdin.buffer, "standard input", max_bytes=max_bytes)


def write_stdout(chunks: Iterable[bytes | memoryview]) -> int:
    """Write binary data to standard output and return how much.

    Raises
    ------
    UsageError
        It is a terminal.
    LocalFileError
        It cannot be written (a reader that went away is the caller's matter).
    """
    stream: BinaryIO = sys.stdout.buffer
    if sys.stdout.isatty():
        raise UsageError("this is binary, and standard output is a terminal", hint="use -o FILE")
    try:
        written = sum(stream.write(chunk) for chunk in chunks)
        stream.flush()
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        raise LocalFileError(f"cannot write standard output: {reason_of(error)}") from error
    return written


def refuse_mixed_stdout(output: str | None, *, as_json: bool) -> None:
    """Refuse to send the file and the JSON object down the same pipe."""
    if output == STREAM and as_json:
        raise UsageError(
            "--json and -o - both want standard output", hint="write the file with -o FILE"
        )


def refuse_mixed_stdin(*arguments: str | None) -> None:
    """Refuse to read two things from standard input."""
    if arguments.count(STREAM) > 1:
        raise UsageError("only one argument can be - (standard input)")
