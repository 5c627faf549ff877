"""What makes two pushes the same one, so that the second run can go on with the first."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import msgspec

from underpaint_client.destination import Destination
from underpaint_common.errors import LocalFileError, reason_of
from underpaint_common.payload import SecretFile


@dataclass(frozen=True, slots=True)
class Recipe:
    """What makes two pushes the same one; made by `of`.

    Attributes
    ----------
    name : str
        The secret's, for people.
    digest : str
        Of all that the push is made of.
    """

    name: str
    digest: str

    @classmethod
    def of(
        cls, destination: Destination, secret: SecretFile, cover: bytes, options: tuple[object, ...]
    ) -> Self:
        """Return the recipe of a push.

        Parameters
        ----------
        destination : Destination
            Server and identity, by their keys: either may move.
        secret : SecretFile
            Name and bytes.
        cover : bytes
            Digest of the cover's file; empty where any cover will do.
        options : tuple
            How it is hidden.
        """
        parts = (
            destination.address.server_key,
            destination.identity.public,
            secret.name,
            hashlib.sha256(secret.data).digest(),
            cover,
            repr(options),
        )
        return cls(secret.name, hashlib.sha256(msgspec.msgpack.encode(parts)).hexdigest())


def file_sha256(source: Path | bytes) -> bytes:
    """Return the digest of a file's bytes.

    Raises
    ------
    LocalFileError
        It cannot be read.
    """
    if isinstance(source, bytes):
        return hashlib.sha256(source).digest()
    try:
        with source.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise LocalFileError(f"cannot read {source}: {reason_of(error)}") from error
