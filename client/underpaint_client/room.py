"""Where in a cover a certain secret fits."""

from __future__ import annotations

from dataclasses import dataclass

from underpaint_common.errors import UnusableImage, UsageError
from underpaint_common.payload import Form, Mode, SecretFile, capacity
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
    bytes : int
        The largest file, or the most bytes of pixels in classic, that is promised to fit.
    psnr_db : float
        Quality to expect when full.
    fits : bool or None
        Whether the secret in question fits; None where none was given.
    """

    mode: str
    planes: int
    bytes: int
    psnr_db: float
    fits: bool | None


def room_in(cover: Picture, secret: SecretFile | None) -> tuple[Room, ...]:
    """Return what a cover holds, and where a secret fits, by mode and number of planes."""
    needed = {} if secret is None else {mode: _needed(secret, mode) for mode in Mode}
    rooms = []
    for row in capacity(cover):
        need = needed.get(row.mode)
        fits = None if secret is None else need is not None and need <= row.bytes
        rooms.append(Room(row.mode.value, row.planes, row.bytes, row.psnr_db, fits))
    return tuple(rooms)


def _needed(secret: SecretFile, mode: Mode) -> int | None:
    """Return the bytes a secret takes of a row's promise; None where the mode cannot carry it.

    It is encoded for this as it will be for hiding, since deflation may make it smaller.
    """
    contents = Contents(Form.FILE, secret.name, secret.media_type, secret.data)
    if mode is Mode.CLASSIC:
        try:
            contents = pixels_of(secret.data, secret.name, Limits())
        except (UnusableImage, UsageError):
            return None
    return max(len(encode_contents(contents)) - MOST_OVERHEAD, 1)
