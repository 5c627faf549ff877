"""A secret that was found in an upload, on its way into the inbox."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from pathlib import Path

from underpaint_common.pictures import media_type_of

_SNIFFED_BYTES = 64


@dataclass(frozen=True, slots=True)
class StegoFile:
    """The stego image that carried a secret, as a local file that may go once it is kept."""

    path: Path

    @property
    def extension(self) -> str:
        """What its name shall end with, such as ``.png``, taken from its content."""
        with self.path.open("rb") as file:
            head = file.read(_SNIFFED_BYTES)
        return mimetypes.guess_extension(media_type_of(head, "")) or ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A secret that was found in a client's upload, and is to be kept.

    Attributes
    ----------
    client, client_key, upload_id :
        Who sent it and as what; see `Entry`.
    name, media_type, data, sha256 :
        The secret; the name as embedded.
    stego_size, stego_sha256 :
        Of the stego image.
    stego : StegoFile or None
        Needed where the stego image is to be kept.
    """

    client: str
    client_key: bytes
    upload_id: bytes
    name: str
    media_type: str
    data: bytes
    sha256: bytes
    stego_size: int
    stego_sha256: bytes
    stego: StegoFile | None = None
