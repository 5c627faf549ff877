"""Checks before anything is written, made early: before a prompt and before any work."""

from __future__ import annotations

import os
from pathlib import Path

from underpaint_common.errors import LocalFileError, UsageError


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
    if any(_is_same_file(target, source) for source in sources):
        raise UsageError(
            f"{target} is the input itself, which is never overwritten",
            hint="name another output file",
        )
    if not overwrite and os.path.lexists(target):
        raise LocalFileError(f"{target} exists already", hint="choose another name, or --force")
    if not target.parent.is_dir():
        raise LocalFileError(f"there is no folder {target.parent}", hint="make it first")


def _is_same_file(target: Path, source: object) -> bool:
    if not isinstance(source, str | Path):
        return False
    try:
        return target.samefile(source)
    except OSError:
        return False
