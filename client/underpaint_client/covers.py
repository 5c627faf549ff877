"""Which cover a secret gets: the one that was named, or the best of a folder, each once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from underpaint_client.claims import Claim
from underpaint_client.prepare import samples_sha256
from underpaint_client.sources import name_of, picture_of
from underpaint_common.pictures import Limits, Picture


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """A cover for one secret.

    Attributes
    ----------
    path : Path or None
        The file it lies in.
    sha256 : bytes
        The digest of its samples.
    picture : Picture
        They.
    claim : Claim or None
        What keeps other processes from taking it, until it is let go; None where one has it.
    """

    path: Path | None
    sha256: bytes
    picture: Picture
    claim: Claim | None = None

    def let_go(self) -> None:
        """Let other processes take it."""
        if self.claim is not None:
            self.claim.let_go()


class Covers(Protocol):
    """Where covers come from. Safe to use from several threads."""

    def take(self, body_bytes: int) -> Chosen:
        """Return the cover for a sealed body of so many bytes.

        Raises
        ------
        DoesNotFit
            There is none.
        UnusableImage, LocalFileError
            It cannot be used.
        """

    def give_back(self, chosen: Chosen) -> None:
        """Note that nothing was sent of a cover that was taken."""


class CoverMemory(Protocol):
    """What is known of covers from earlier runs, and from others at the same time."""

    def is_used(self, digest: bytes) -> bool:
        """Tell whether a cover was used, by the digest of its samples."""

    def claim(self, digest: bytes) -> Claim | None:
        """Keep other processes from taking a cover; None where one has it in hand.

        From then on `is_used` knows what they did before.

        Raises
        ------
        LocalFileError
            That cannot be kept.
        """

    def digest_of(self, file: Path) -> bytes | None:
        """Return the digest of a file's samples, if it is known without reading them."""

    def note_file(self, file: Path, cover_sha256: bytes) -> None:
        """Note the digest of a file's samples."""


_GIVES_AWAY = "two stego images from one cover give the method away; take another photo for each"


class NamedCover:
    """One cover that the user named: taken as often as it is asked for, with a warning.

    Parameters
    ----------
    source : Path or bytes
        The cover.
    limits : Limits
        How much it may ask for.
    keep_metadata : bool
        Whether its EXIF data stay in.
    used_at : callable
        Returns when a cover was used before, or None.
    claim : callable
        Keeps other processes from taking a cover, or returns None where one has it.
    tell : callable
        Hears the warning.
    """

    def __init__(
        self,
        source: Path | bytes,
        limits: Limits,
        *,
        keep_metadata: bool,
        used_at: Callable[[bytes], str | None],
        claim: Callable[[bytes], Claim | None],
        tell: Callable[[str], object],
    ) -> None:
        self._source = source
        self._limits = limits
        self._keep_metadata = keep_metadata
        self._used_at = used_at
        self._claim = claim
        self._tell = tell
        self._taken = 0
        self._lock = threading.Lock()

    def take(self, body_bytes: int) -> Chosen:  # noqa: ARG002 - there is no choice
        """Return the cover, and say so if it was used before, or is being used."""
        picture = picture_of(self._source, limits=self._limits, keep_metadata=self._keep_metadata)
        digest = samples_sha256(picture)
        with self._lock:
            claim = self._claim(digest)
            self._taken += 1
            warning = self._warning(digest, is_free=claim is not None)
        if warning is not None:
            name = name_of(self._source) or "this cover"
            self._tell(f"{name} {warning}: {_GIVES_AWAY}")
        path = None if isinstance(self._source, bytes) else self._source
        return Chosen(path, digest, picture, claim)

    def give_back(self, chosen: Chosen) -> None:
        """Let other processes have it; here it may be taken again in any case."""
        chosen.let_go()

    def _warning(self, digest: bytes, *, is_free: bool) -> str | None:
        if self._taken == 2:
            return "carries several secrets"
        if self._taken > 2:
            return None
        if not is_free:
            return "is being used by another underpaint push"
        used_at = self._used_at(digest)
        return None if used_at is None else f"was used before, on {used_at[:10]}"
