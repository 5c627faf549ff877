"""The header: 48 bytes that only the stego key tells from noise.

Nonce N, then AES-256-CBC with IV N over exactly one block, then the first 16 bytes of
HMAC-SHA-512 over a label, the picture's geometry, N and the encrypted block.
"""

from __future__ import annotations

import enum
import hmac
import struct
from dataclasses import dataclass

from Crypto.Cipher import AES

from underpaint_common.errors import Damaged, NothingFound
from underpaint_common.payload.keys import PayloadKeys
from underpaint_common.payload.modes import Mode

NONCE_BYTES = 16
_BLOCK_BYTES = 16
_TAG_BYTES = 16
_LABEL = b"underpaint/1 header"
_VERSION = 1
_BLOCK = struct.Struct(">BBBBIII")
_GEOMETRY = struct.Struct(">IIBB")


class ModeCode(enum.IntEnum):
    """How the header names a mode; one value for good."""

    CLASSIC = 1
    PLANES = 2
    ADAPTIVE = 3

    @classmethod
    def of(cls, mode: Mode) -> ModeCode:
        """Return the code of a mode other than `auto`."""
        return cls[mode.name]

    @property
    def mode(self) -> Mode:
        """The mode that this code stands for."""
        return Mode[self.name]


@dataclass(frozen=True, slots=True)
class Geometry:
    """What binds a header to the shape of its picture: it cannot be moved to another one."""

    width: int
    height: int
    channels: int
    bit_depth: int

    def encode(self) -> bytes:
        """Return the bytes that the header's MAC covers."""
        return _GEOMETRY.pack(self.width, self.height, self.channels, self.bit_depth)


@dataclass(frozen=True, slots=True)
class Header:
    """What the extractor must know before it can find the body.

    Parameters
    ----------
    mode : Mode
        Never `auto`.
    planes : int
        Bit planes written in every sample of the sequence (classic), whole planes (planes), or
        planes written directly, below the coded ones (adaptive).
    body_bytes : int
        Length of the sealed body.
    layers : tuple of int
        Message bits a lane of the two upper coded layers; zeros in modes without.
    height : int
        Constraint height of the code; 0 in modes without.
    """

    mode: Mode
    planes: int
    body_bytes: int
    layers: tuple[int, int] = (0, 0)
    height: int = 0


def seal_header(header: Header, nonce: bytes, geometry: Geometry, keys: PayloadKeys) -> bytes:
    """Return the 48 bytes of a header."""
    what = (_VERSION, ModeCode.of(header.mode), header.planes, header.height)
    cipher = AES.new(keys.header_cipher(), AES.MODE_CBC, iv=nonce)
    block = cipher.encrypt(_BLOCK.pack(*what, header.body_bytes, *header.layers))
    return nonce + block + _tag(nonce, block, geometry, keys)


def is_header(sealed: bytes, geometry: Geometry, keys: PayloadKeys) -> bool:
    """Tell whether 48 bytes are a header under this key, for a picture of this geometry."""
    nonce, block = sealed[:NONCE_BYTES], sealed[NONCE_BYTES : NONCE_BYTES + _BLOCK_BYTES]
    expected = _tag(nonce, block, geometry, keys)
    return hmac.compare_digest(expected, sealed[NONCE_BYTES + _BLOCK_BYTES :])


def open_header(sealed: bytes, geometry: Geometry, keys: PayloadKeys) -> tuple[Header, bytes]:
    """Return the header and its nonce.

    Raises
    ------
    NothingFound
        If these 48 bytes are not a header under this key: nobody can tell why.
    Damaged
        If they are, and this version cannot read them.
    """
    nonce, block = sealed[:NONCE_BYTES], sealed[NONCE_BYTES : NONCE_BYTES + _BLOCK_BYTES]
    if not is_header(sealed, geometry, keys):
        raise NothingFound(
            "nothing found for this key",
            hint="a wrong key, an image with nothing in it and a changed image look alike",
        )
    cipher = AES.new(keys.header_cipher(), AES.MODE_CBC, iv=nonce)
    version, code, planes, height, body_bytes, *layers = _BLOCK.unpack(cipher.decrypt(block))
    if version != _VERSION or code not in set(ModeCode):
        raise Damaged(
            "the payload is of a kind that this version does not know",
            hint="reveal it with a newer version of underpaint",
        )
    upper = (layers[0], layers[1])
    return Header(ModeCode(code).mode, planes, body_bytes, upper, height), nonce


def _tag(nonce: bytes, block: bytes, geometry: Geometry, keys: PayloadKeys) -> bytes:
    covered = _LABEL + geometry.encode() + nonce + block
    return hmac.digest(keys.header_mac(), covered, "sha512")[:_TAG_BYTES]
