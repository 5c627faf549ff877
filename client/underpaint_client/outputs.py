"""Checks of what is read and written, made early: before a prompt and before any work."""

from __future__ import annotations

import os
from pathlib import Path

from underpaint_common.errors import LocalFileError, UsageError
from underpaint_common.files import refuse_nul
from underpaint_common.pictures import OutputFormat, format_for


def check_output(target: Path, sources: tuple[object, ...], *, overwrite: bool) -> None:
    """Refuse a target that exists, or that is one of the files being read.

    Parameters
    ----------
    target : Path
        Where output is to go.
    sources : tuple
        What is read; only paths among them matter.
    overwrite : bool
        Whether another existing file may be replaced. An input never may.

    Raises
    ------
    UsageError
        `target` is one of `sources`.
    LocalFileError
        `target` exists and may not be replaced, or its folder is missing.
    """
    refuse_nul(target, "write")
    if any(_is_same_file(target, source) for source in sources):
        raise UsageError(
            f"{target} is an input itself, which is never overwritten",
            hint="name another output file",
        )
    if not overwrite and os.path.lexists(target):
        raise LocalFileError(f"{target} exists already", hint="choose another name, or --force")
    if not target.parent.is_dir():
        raise LocalFileError(f"there is no folder {target.parent}", hint="make it first")


def check_inputs(*names: str) -> None:
    """Refuse files that are missing, where a prompt would come before they are read.

    Raises
    ------
    LocalFileError
        There is no such file.
    """
    for name in names:
        if name != "-" and not os.path.lexists(name):
            raise LocalFileError(f"there is no file {name}")


def output_format(target: Path | None, asked: OutputFormat | str | None) -> OutputFormat:
    """Return the format of a stego image: as asked, else as its name says, else PNG.

    Raises
    ------
    UsageError
        There is no such format, the name tells none, or it speaks of another one than was asked
        for: a file that lies about its format is soon converted, and the payload lost.
    """
    try:
        chosen = None if asked is None else OutputFormat(asked)
    except ValueError:
        names = ", ".join(OutputFormat)
        raise UsageError(f"there is no format {asked!r}", hint=f"choose one of {names}") from None
    if target is None or (chosen is not None and not target.suffix):
        return chosen or OutputFormat.PNG
    named = format_for(target)
    if chosen is not None and chosen is not named:
        raise UsageError(
            f"{target.name} names a {named.upper()} file, and {chosen.upper()} is asked for",
            hint="let the name and the format agree",
        )
    return named


def _is_same_file(target: Path, source: object) -> bool:
    if not isinstance(source, str | Path):
        return False
    try:
        return target.samefile(source)
    except (OSError, ValueError):  # reading tells better what is wrong
        return False
