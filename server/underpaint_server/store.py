"""The bytes of what was received, and what any store must be able to do with them.

Staging makes bytes durable under an id; placing gives them their name, in one step and never
over another. Between the two the catalog commits its row, so that a restart knows of everything
staged whether to place it or to drop it. Nothing half-written is ever seen at a place.

`FileStore` is the store that ships. Another (an object store) has to keep the promises of
`Store`, and nothing else in the daemon changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

Place = str
"""Where something lies in the store: CLIENT/NAME."""


class Store(Protocol):
    """Bytes under ids and places.

    Safe to use from several threads; what a method did survives a power cut once it has
    returned. Methods raise OSError where the store cannot do its work.
    """

    def changing(self) -> AbstractContextManager[None]:
        """Return what to hold while files and rows change together; many may hold it at once."""

    def still(self) -> AbstractContextManager[None]:
        """Return what to hold, alone, while files and rows must belong together.

        Whoever holds either must not ask for one again.
        """

    def stage(self, id_: str, data: bytes) -> None:
        """Make bytes durable under an id; nothing stays behind on failure."""

    def stage_file(self, id_: str, source: Path) -> None:
        """Make a local file's bytes durable under an id; the file itself may go afterwards."""

    def place(self, id_: str, place: Place) -> None:
        """Move what is staged to its place; nothing more where it is there already.

        Raises
        ------
        FileExistsError
            Something else lies there.
        """

    def drop(self, id_: str) -> None:
        """Forget what is staged under an id, if there is something."""

    def staged(self) -> list[str]:
        """Return the ids of all that is staged."""

    def is_staged(self, id_: str) -> bool:
        """Tell whether something waits for its place."""

    def is_taken(self, place: Place) -> bool:
        """Tell whether something lies at a place, whoever put it there."""

    def open(self, place: Place) -> BinaryIO:
        """Open what lies at a place for reading."""

    def remove(self, place: Place) -> None:
        """Remove what lies at a place, if there is something."""

    def set_aside(self, place: Place) -> str:
        """Move what lies at a place to where it disturbs nobody; return where that is."""

    def places(self) -> Iterator[Place]:
        """Return every place where something lies, in order."""

    def where(self, place: Place) -> str:
        """Return a place as the operator's other tools name it: a path, or an address."""

    def free_bytes(self) -> int:
        """Return how many bytes more the store can take."""
