"""`underpaintd list` and `underpaintd show`: what was received, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from underpaint_common.crypto import keytext
from underpaint_common.terminal import on_one_line
from underpaint_server.catalog import EVERYTHING, Entry, Selection
from underpaint_server.config import Config
from underpaint_server.opened import opened
from underpaint_server.store import Store


class Row(msgspec.Struct, frozen=True):
    """One received secret, with the names of `list --json`; no path where it is not kept."""

    id: str
    name: str
    client: str
    bytes: int
    sha256: str
    received_at: str
    path: str | None


class Details(Row, frozen=True):
    """All that is known of one, with the names of `show --json`."""

    media_type: str
    client_key: str
    upload_id: str
    stego_bytes: int
    stego_sha256: str
    stego_path: str | None


def received(config: Config, selection: Selection = EVERYTHING) -> list[Row]:
    """Return what was received, oldest first.

    Raises
    ------
    LocalFileError
        There is no state folder, or its catalog cannot be read.
    """
    with opened(config) as here:
        return [_row(entry, here.store) for entry in here.catalog.entries(selection)]


def details(config: Config, id_: str) -> Details:
    """Return all that is known of one received secret.

    Raises
    ------
    UsageError
        There is none of this id.
    """
    with opened(config) as here:
        return details_of(here.entry(id_), here.store)


def details_of(entry: Entry, store: Store) -> Details:
    """Return all that is known of an entry."""
    return Details(
        **msgspec.structs.asdict(_row(entry, store)),
        media_type=entry.media_type,
        client_key=keytext.encode(keytext.KeyKind.PUBLIC, entry.client_key),
        upload_id=entry.upload_id.hex(),
        stego_bytes=entry.stego_size,
        stego_sha256=entry.stego_sha256.hex(),
        stego_path=None if entry.stego_place is None else store.where(entry.stego_place),
    )


def as_lines(row: msgspec.Struct) -> str:
    """Return one struct as `name  value` lines; what is None is left out."""
    fields = {
        name.replace("_", " "): on_one_line(str(value))
        for name, value in msgspec.structs.asdict(row).items()
        if value is not None
    }
    width = max(map(len, fields))
    return "".join(f"{name.ljust(width)}  {value}\n" for name, value in fields.items())


def as_table(rows: Iterable[Row]) -> str:
    """Return the rows as lines of aligned columns, ending in a line end; empty for none."""
    cells: list[tuple[str, ...]] = [
        (row.received_at, row.id, row.client, f"{row.bytes:,}", on_one_line(row.name))
        for row in rows
    ]
    if not cells:
        return ""
    table = [("RECEIVED", "ID", "CLIENT", "BYTES", "NAME"), *cells]
    return "".join(f"{line}\n" for line in _aligned(table))


def _aligned(table: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for cells in table:
        received_at, id_, client, size, name = (
            cell.ljust(width) for cell, width in zip(cells, widths, strict=True)
        )
        yield f"{received_at}  {id_}  {client}  {size.strip().rjust(widths[3])}  {name}".rstrip()


def _row(entry: Entry, store: Store) -> Row:
    return Row(
        id=entry.id,
        name=entry.name,
        client=entry.client,
        bytes=entry.size,
        sha256=entry.sha256.hex(),
        received_at=entry.received_at,
        path=None if entry.place is None else store.where(entry.place),
    )
