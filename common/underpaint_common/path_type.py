"""Paths as options and arguments of both commands: what cannot be one is wrong usage."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click


class PathType(click.Path):
    """A path that is not empty, and that ends in a slash only where a folder is meant.

    Python takes an empty path for the folder in which the command runs, and ``name/`` for a file.

    Parameters
    ----------
    folder : bool
        Whether a folder is meant, also one that is still to be made.
    **kwargs
        As for `click.Path`.
    """

    def __init__(self, *, folder: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._folder = folder

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:
        """Return the path as click does, if it can be one."""
        text = os.fspath(value)
        if not text:
            self.fail("an empty text names no file", param, ctx)
        if "\0" in text:
            self.fail("a file's name holds no NUL character", param, ctx)
        if text.endswith(os.sep) and not self._folder and not Path(text).is_dir():
            self.fail(
                f"there is no folder {text}: a file's name has no slash at its end", param, ctx
            )
        return super().convert(value, param, ctx)
