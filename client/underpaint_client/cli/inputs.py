"""Which files a command reads, so that it overwrites none of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from underpaint_client.cli.options import STREAM

_OUTPUTS = frozenset({"output", "keep_stego"})


def refuse_output(target: Path, *, overwrite: bool) -> None:
    """Refuse a target that exists, or that is one of the files which the running command reads.

    Those are all that its options and arguments name, files of folders too, and this side's
    configuration and identity.

    Raises
    ------
    UsageError
        It is one of them; `overwrite` or not.
    LocalFileError
        It exists and may not be replaced, or its folder is missing.
    """
    from underpaint_client.outputs import check_output

    check_output(target, tuple(_files_read(click.get_current_context())), overwrite=overwrite)


def _files_read(context: click.Context) -> Iterator[Path]:
    from underpaint_client.places import configuration_path, identity_path
    from underpaint_common.files import files_in

    yield configuration_path()
    yield identity_path()
    for parameter in context.command.params:
        if isinstance(parameter.type, click.Path) and parameter.name not in _OUTPUTS:
            for path in _paths(context.params.get(parameter.name or "")):
                yield path
                if path.is_dir():
                    yield from files_in(path)


def _paths(value: Any) -> Iterator[Path]:
    """Yield what an option or argument names, one or several; standard input is no file."""
    for each in value if isinstance(value, tuple) else (value,):
        if each is not None and str(each) != STREAM:
            yield Path(each)
