"""The container's readers: header, contents, and revealing as a whole."""

from __future__ import annotations

import contextlib
import hashlib
import struct
from functools import cache

import numpy as np
from Crypto.Cipher import AES
from tests.fuzz.target import Target

from underpaint_common.errors import Damaged, NothingFound, UnusableImage
from underpaint_common.payload import Form, SecretFile, hide, reveal
from underpaint_common.payload.compact import png_of_compact
from underpaint_common.payload.contents import Contents, decode_contents, encode_contents
from underpaint_common.payload.header import Geometry, _tag, open_header
from underpaint_common.payload.keys import PayloadKeys
from underpaint_common.payload.pixels import png_of
from underpaint_common.payload.placing import take
from underpaint_common.pictures import Limits, Picture
from underpaint_common.stego.sequence import Sequence

STEGO_KEY = bytes(range(64, 96))
SECRET = b"the secret"
GEOMETRY = Geometry(40, 30, 3, 8)


def feed_header(data: bytes) -> None:
    """Feed the header's reader: any bytes, and any block under a genuine MAC."""
    keys = PayloadKeys(STEGO_KEY)
    with contextlib.suppress(NothingFound, Damaged):
        open_header(data, GEOMETRY, keys)
    if len(data) < 32:
        return
    nonce, block = data[:16], data[16:32]
    cipher = keys.header_cipher()
    block = header_block(cipher, nonce, block)
    genuine = nonce + block + _tag(nonce, block, GEOMETRY, keys)
    with contextlib.suppress(Damaged):
        header, _ = open_header(genuine, GEOMETRY, keys)
        flat = np.frombuffer(data * (2000 // len(data) + 1), np.uint8)
        take(flat, header, Sequence.without([], flat.size), positions=keys.salt_positions())


def header_block(cipher: bytes, nonce: bytes, plaintext: bytes) -> bytes:
    # version 1 and a known mode, mostly: the rest decides what happens then
    version, mode, *rest = plaintext
    fields = bytes([1 if version < 250 else version, mode % 4, *rest])
    return AES.new(cipher, AES.MODE_CBC, iv=nonce).encrypt(fields)


def feed_contents(data: bytes) -> None:
    """Feed the body's reader: any bytes, and any fields with the SHA-256 that belongs to them."""
    allowed = (Damaged, UnusableImage)
    with contextlib.suppress(*allowed):
        accept(decode_contents(data, max_bytes=1 << 16))
    if len(data) < 3:
        return
    code, type_bytes, name_bytes = data[:3]
    secret = data[3 + type_bytes + name_bytes :]
    prefix = struct.pack(">BBBQ", code, type_bytes, name_bytes, len(secret))
    plaintext = prefix + hashlib.sha256(secret).digest() + data[3:]
    with contextlib.suppress(*allowed):
        accept(decode_contents(plaintext, max_bytes=1 << 16))


def accept(contents: Contents) -> None:
    if contents.form is Form.PIXELS:
        png_of(contents)
    elif contents.form is Form.COMPACT:
        png_of_compact(contents, Limits(max_pixels=10_000, max_inflated_bytes=1 << 20))


@cache
def stego() -> Picture:
    rng = np.random.default_rng(1)
    cover = Picture(rng.integers(0, 256, (30, 40, 3), dtype=np.uint8))
    return hide(cover, SecretFile("a.txt", "text/plain", SECRET), STEGO_KEY).picture


def feed_reveal(data: bytes) -> None:
    """Reveal from a changed stego image, or from any small picture."""
    if len(data) < 4:
        return
    genuine = bool(data[0] & 1)
    if genuine:
        samples = stego().samples.copy()
        flat = samples.reshape(-1)
        for place, value in struct.iter_unpack(">HB", data[1 : 1 + (len(data) - 1) // 3 * 3]):
            flat[place % flat.size] ^= value
        picture = Picture(samples)
    else:
        kind = np.uint16 if data[0] & 2 else np.uint8
        shape = (data[1] % 24 + 1, data[2] % 24 + 1, 3 if data[0] & 4 else 1)
        samples = np.resize(np.frombuffer(data, np.uint8), shape).astype(kind)
        alpha = samples[:, :, 0].copy() if data[0] & 8 else None
        picture = Picture(samples, alpha)
    with contextlib.suppress(NothingFound, Damaged, UnusableImage):
        found = reveal(picture, STEGO_KEY).data
        assert genuine, "something was found where nothing is"
        assert found == SECRET, "a wrong secret was accepted"


# All of them


def targets() -> tuple[Target, ...]:
    """Return the container's targets."""
    pixels = struct.pack(">IIBBB", 2, 2, 3, 8, 0) + bytes(16)
    contents = tuple(
        encode_contents(Contents(form, "a.png", "image/png", data))
        for form, data in ((Form.FILE, b"a" * 50), (Form.PIXELS, pixels))
    )
    header = bytes(16) + bytes([1, 1, 4, 0, 0, 0, 0, 32]) + bytes(24)
    one_pixel = b"P5 1 1 255 \x07"
    contents += (encode_contents(Contents(Form.COMPACT, "a.png", "image/webp", one_pixel)),)
    return (
        Target("header", feed_header, (header,)),
        Target("contents", feed_contents, contents),
        Target("reveal", feed_reveal, (b"\x01\x00\x05\x01", b"\x06\x10\x10\x10")),
    )
