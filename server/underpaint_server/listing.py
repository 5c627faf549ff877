"""`underpaintd list`: what was received, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from underpaint_common.terminal import printable
from underpaint_server.catalog import Catalog, Entry
from underpaint_server.config import Config
from underpaint_server.state import StateFolder
from underpaint_server.store import FileStore


class Row(msgspec.Struct, frozen=True):
    """One received secret, with the names of `list --json`."""

    id: str
    name: str
    client: str
    bytes: int
    sha256: str
    received_at: str
    path: str


def received(config: Config) -> list[Row]:
    """Return all that was received, oldest first.

    Raises
    ------
    LocalFileError
        There is no state folder, or its catalog cannot be read.
    """
    state = StateFolder(config.state)
    state.load_identity()
    if not state.catalog.exists():
        return []
    store = FileStore(state.inbox, state.incoming)
    with closing(Catalog.open(state.catalog)) as catalog:
        return [_row(entry, store.path_of(entry.place)) for entry in catalog.entries()]


def as_json_array(rows: Iterable[Row]) -> str:
    """Return the rows as one JSON array."""
    return msgspec.json.encode(list(rows)).decode()


def as_table(rows: Iterable[Row]) -> str:
    """Return the rows as lines of aligned columns, ending in a line end; empty for none."""
    cells: list[tuple[str, ...]] = [
        (row.received_at, row.id, row.client, f"{row.bytes:,}", printable(row.name)) for row in rows
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


def _row(entry: Entry, path: Path) -> Row:
    return Row(
        id=entry.id,
        name=entry.name,
        client=entry.client,
        bytes=entry.size,
        sha256=entry.sha256.hex(),
        received_at=entry.received_at,
        path=str(path),
    )
