"""What was received: one row a secret, and what any catalog must be able to do with them.

`SqliteCatalog` is the one that ships. Another (a database server, shared by several daemons)
has to keep the promises of `Catalog`, and nothing else in the daemon changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Entry:
    """One received secret.

    Attributes
    ----------
    id : str
        The server's name for it, on receipts and in lists.
    client, client_key : str, bytes
        Who sent it: the name at that time, and the raw public key.
    upload_id : bytes
        The client's name for the upload; unique for each client key.
    name, media_type : str
        Of the secret, as embedded; the name is safe as a file name.
    size, sha256 : int, bytes
        Of the secret's bytes.
    received_at : str
        ISO 8601, UTC.
    place : str or None
        Where the secret lies in the store; None where only the stego image is kept.
    stego_size, stego_sha256 : int, bytes
        Of the stego image that carried it.
    stego_place : str or None
        Where the stego image lies in the store, if it is kept.
    """

    id: str
    client: str
    client_key: bytes
    upload_id: bytes
    name: str
    media_type: str
    size: int
    sha256: bytes
    received_at: str
    place: str | None
    stego_size: int
    stego_sha256: bytes
    stego_place: str | None = None

    @property
    def kept_bytes(self) -> int:
        """Bytes that the store holds of it."""
        secret = 0 if self.place is None else self.size
        return secret + (0 if self.stego_place is None else self.stego_size)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows are wanted; all of them where nothing is said.

    Attributes
    ----------
    client : str, optional
        Only what this client sent.
    since : str, optional
        Only what was received at this moment or later; ISO 8601, UTC.
    name : str, optional
        Only names that match this pattern, with ``*``, ``?`` and ``[...]`` as in a shell.
    """

    client: str | None = None
    since: str | None = None
    name: str | None = None


EVERYTHING = Selection()


@dataclass(frozen=True, slots=True)
class Holding:
    """What is kept of one client's, or of everybody's."""

    secrets: int
    kept_bytes: int


class CatalogFailed(Exception):
    """The catalog could not be read or changed; nothing was changed."""


class ConflictError(Exception):
    """Another row has this place or this upload already."""


class Catalog(Protocol):
    """The rows.

    Safe to use from several threads; a change survives a power cut once its method has
    returned. Every method raises `CatalogFailed` where the catalog cannot do its work.
    """

    def add(self, entry: Entry) -> None:
        """Commit a row; raise `ConflictError` where its id, upload or a place is taken."""

    def remove(self, id_: str) -> None:
        """Remove a row, if it is there, and forget its upload."""

    def retire(self, id_: str, moment: str, *, forget_before: str) -> None:
        """Remove a row, if it is there, and remember its upload; forget those retired long ago.

        Parameters
        ----------
        id_ : str
            Of the row.
        moment, forget_before : str
            Now, and the moment of which and before which nothing retired is remembered;
            ISO 8601, UTC.
        """

    def get(self, id_: str) -> Entry | None:
        """Return the row of an id."""

    def find_upload(self, client_key: bytes, upload_id: bytes) -> Entry | None:
        """Return the row that a client's upload ended in, without places if it was retired."""

    def find_place(self, place: str) -> Entry | None:
        """Return the row whose secret or stego image lies at a place."""

    def entries(self, selection: Selection = EVERYTHING) -> Iterator[Entry]:
        """Return rows, oldest first."""

    def holdings(self) -> dict[str, Holding]:
        """Return what is kept, by client name."""

    def kept_bytes_of(self, client: str) -> int:
        """Return the bytes that are kept of a client's; quick, however many rows there are."""
