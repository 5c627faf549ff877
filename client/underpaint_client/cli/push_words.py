"""What the words of `underpaint push` mean, before anything is read."""

from __future__ import annotations

import os
from pathlib import Path

from underpaint_client.cli.inputs import refuse_output
from underpaint_client.cli.options import STREAM
from underpaint_common.errors import UsageError
from underpaint_common.files import files_in


def is_one(secrets: tuple[str, ...]) -> bool:
    """Tell whether one secret is named, and not a folder of them."""
    return len(secrets) == 1 and (secrets[0] == STREAM or not Path(secrets[0]).is_dir())


def refuse_contradictions(
    secrets: tuple[str, ...],
    cover: str | None,
    keep_stego: Path | None,
    *,
    prepared: bool,
    force: bool,
) -> None:
    """Refuse options that do not go together, and a file to keep that would replace another.

    Raises
    ------
    UsageError
        They do not.
    LocalFileError
        The file is there.
    """
    if prepared and cover is not None:
        raise UsageError(
            "a stego image that was made earlier needs no cover", hint="leave out --cover"
        )
    if not prepared and cover is None:
        raise UsageError(
            "no cover is named", hint="give an image, or a folder of images, with --cover"
        )
    if len(secrets) > 1 and STREAM in secrets:
        raise UsageError("- (standard input) is pushed alone, or not at all")
    if keep_stego is None:
        return
    if not is_one(secrets):
        raise UsageError("--keep-stego keeps one stego image, and several are to be sent")
    refuse_output(keep_stego, overwrite=force)


def tasks_of(secrets: tuple[str, ...]) -> list[str]:
    """Return the files that are to be pushed, each once, folders taken apart.

    Raises
    ------
    UsageError
        A folder holds none.
    LocalFileError
        A folder cannot be read.
    """
    found: dict[str, str] = {}
    for word in secrets:
        files = [word]
        if word != STREAM and Path(word).is_dir():
            files = [str(path) for path in files_in(Path(word)) if not path.name.startswith(".")]
            if not files:
                raise UsageError(f"there is no file in the folder {word}")
        for file in files:
            found.setdefault(file if file == STREAM else os.path.realpath(file), file)
    return list(found.values())
