"""The client's configuration: client.yaml, checked against types.

Every key but `remotes` is the default of the option of the same name. Before the file goes the
environment (`UNDERPAINT_` and the key in capitals), before that the option itself;
`effective` puts them together.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec

from underpaint_client.choices import CompressName, CostName, FormName, ModeName
from underpaint_client.homes import expanded
from underpaint_client.locks import alone
from underpaint_client.places import write_private
from underpaint_common import settings
from underpaint_common.errors import UsageError
from underpaint_common.files import read_bounded
from underpaint_common.units import ByteCount, PixelCount, Seconds

REMOTE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_MIB, _MEGAPIXEL = 1 << 20, 1_000_000


class Configuration(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What client.yaml says; `Configuration()` holds the built-in defaults.

    Attributes
    ----------
    remotes : dict of str to str
        Address lines of servers by the names that `--to` takes.
    to : str or None
        The server to push to where none is named: a remote's name, or an address.
    identity : Path or None
        This side's identity; a relative path is taken from the configuration file's folder.
    mode, planes, form, cost, effort, keep_metadata
        How secrets are hidden, as in `underpaint_client.hide`.
    compress : str
        How hard a stego image that is written here is compressed.
    max_pixels, max_bytes, max_inflated
        How much a file may ask for, as in `pictures.Limits`.
    timeout : Seconds
        How long connecting, and any single answer, may take.
    retries : int
        How often a delivery is tried again.
    """

    remotes: dict[str, str] = {}
    to: str | None = None
    identity: Path | None = None
    mode: ModeName = "auto"
    planes: Annotated[int, msgspec.Meta(ge=1, le=8)] | None = None
    form: FormName | None = None
    cost: CostName = "texture"
    effort: Annotated[int, msgspec.Meta(ge=6, le=12, multiple_of=2)] = 8
    keep_metadata: bool = False
    compress: CompressName = "fast"
    max_pixels: PixelCount = PixelCount(128 * _MEGAPIXEL)
    max_bytes: ByteCount = ByteCount(512 * _MIB)
    max_inflated: ByteCount = ByteCount(1024 * _MIB)
    timeout: Seconds = Seconds(30)
    retries: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 3

    def __post_init__(self) -> None:
        for name in self.remotes:
            if not REMOTE_NAME.fullmatch(name):
                raise ValueError(f"{name!r} cannot name a remote")


KEYS: tuple[str, ...] = tuple(name for name in Configuration.__struct_fields__ if name != "remotes")
"""The settings that have a value each; remotes are looked after by `remotes`."""


def load_configuration(path: Path) -> Configuration:
    """Read and check the configuration file; a missing one says nothing.

    Raises
    ------
    LocalFileError
        The file cannot be read.
    UsageError
        It says something that is not understood.
    """
    return parse_configuration(read_text(path), source=str(path))


def parse_configuration(text: bytes | str, *, source: str) -> Configuration:
    """Read a configuration from YAML text; `source` names it in errors."""
    content = settings.refuse_unknown_keys(
        settings.read_yaml(text, source=source), Configuration, source=source
    )
    return settings.convert(content, Configuration, source=source)


def read_text(path: Path) -> str:
    """Return the configuration file's text; that of a missing file is empty."""
    if not path.exists():
        return ""
    if path.is_fifo():
        raise UsageError(
            f"{path} is a pipe, and a configuration is read more than once", hint="name a file"
        )
    data = read_bounded(path, max_bytes=settings.MAX_FILE_BYTES)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not text in UTF-8") from None


def edit(path: Path, change: Callable[[str], str]) -> str:
    """Change the configuration file in one step, in which no other process changes it.

    Parameters
    ----------
    path : Path
        The file; it need not exist.
    change : callable
        Returns the new text for the present one, or raises where it may not be changed. It is
        asked for the text as it is before its turn as well, so that what changes nothing, or is
        refused, needs no folder that can be written.

    Returns
    -------
    str
        The text that was changed.

    Raises
    ------
    UsageError
        The new text is not understood.
    LocalFileError
        The file cannot be read or written.
    """
    before = read_text(path)
    if change(before) == before:
        return before
    file = Path(os.path.realpath(path))  # also of a link that leads to itself
    with alone(file.with_name(f".{file.name}.lock")):
        before = read_text(path)
        after = change(before)
        if after != before:
            parse_configuration(after, source=str(path))
            write_private(path, after)
    return before


def identity_in(configuration: Configuration, path: Path) -> Path | None:
    """Return the identity that the configuration file at `path` names, if it names one."""
    named = configuration.identity
    return None if named is None else path.absolute().parent / expanded(named)
