"""Where in a cover a certain secret fits, and what it would cost there."""

from __future__ import annotations

from dataclasses import dataclass

from underpaint_common.crypto import aead
from underpaint_common.errors import UnusableImage, UsageError
from underpaint_common.payload import CapacityRow, Form, Mode, SecretFile, capacity
from underpaint_common.payload.capacity import expected_psnr_with, members_of
from underpaint_common.payload.contents import MOST_OVERHEAD, Contents, encode_contents
from underpaint_common.payload.pixels import pixels_of
from underpaint_common.pictures import Limits, Picture


@dataclass(frozen=True, slots=True)
class Room:
    """What a cover holds in one mode and number of planes.

    Attributes
    ----------
    mode : str
        ``"planes"`` or ``"classic"``.
    planes : int
        Exactly as many in classic, at most as many in planes.
    capacity_bytes : int
        Bytes that can be embedded in all, the container's own included.
    bytes : int
        The largest file, or the most bytes of pixels in classic, that is promised to fit.
    psnr_db : float
        Quality to expect when full.
    fits : bool or None
        Whether the secret in question fits; None where none was given.
    secret_psnr_db : float or None
        Quality to expect with that secret; None where it does not fit.
    """

    mode: str
    planes: int
    capacity_bytes: int
    bytes: int
    psnr_db: float
    fits: bool | None
    secret_psnr_db: float | None


@dataclass(frozen=True, slots=True)
class Need:
    """How long a secret's plaintext is by mode; None where a mode cannot carry it.

    Attributes
    ----------
    planes, classic : int or None
        Bytes before sealing. They are encoded for this as they will be for hiding, since
        deflation may make them fewer.
    """

    planes: int
    classic: int | None

    @classmethod
    def of(cls, secret: SecretFile, limits: Limits | None = None) -> Need:
        """Measure a secret: its file for planes, its pixels for classic."""
        file = Contents(Form.FILE, secret.name, secret.media_type, secret.data)
        try:
            pixels = pixels_of(secret.data, secret.name, limits or Limits())
        except (UnusableImage, UsageError):
            return cls(len(encode_contents(file)), None)
        return cls(len(encode_contents(file)), len(encode_contents(pixels)))

    def plaintext(self, mode: Mode) -> int | None:
        """Return the bytes before sealing."""
        return self.classic if mode is Mode.CLASSIC else self.planes

    @property
    def body_bytes(self) -> int:
        """Bytes of the sealed body in mode planes."""
        return aead.sealed_length(self.planes)


def room_in(cover: Picture, need: Need | None) -> tuple[Room, ...]:
    """Return what a cover holds, and where a secret fits, by mode and number of planes."""
    members = members_of(cover)
    return tuple(_room(row, cover, members, need) for row in capacity(cover))


def _room(row: CapacityRow, cover: Picture, members: int, need: Need | None) -> Room:
    plaintext = None if need is None else need.plaintext(row.mode)
    fits = None if need is None else False
    psnr = None
    if plaintext is not None and max(plaintext - MOST_OVERHEAD, 1) <= row.bytes:
        fits = True
        body = aead.sealed_length(plaintext)
        psnr = expected_psnr_with(cover, row.mode, row.planes, body, members=members)
    return Room(row.mode.value, row.planes, row.capacity_bytes, row.bytes, row.psnr_db, fits, psnr)
