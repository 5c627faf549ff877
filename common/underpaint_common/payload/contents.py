"""What is sealed into the body: the secret with its name, media type and SHA-256."""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass

from isal import isal_zlib

from underpaint_common.errors import Damaged, UnusableImage
from underpaint_common.payload.modes import Form

_PREFIX = struct.Struct(">BBBQ32s")
_STORED, _DEFLATED = 0, 1
_FORM_CODES = {Form.FILE: 1, Form.PIXELS: 2, Form.COMPACT: 3}
_FORMS = {code: form for form, code in _FORM_CODES.items()}
_MAX_TEXT_BYTES = 200

MOST_OVERHEAD = _PREFIX.size + 2 * _MAX_TEXT_BYTES
"""Bytes that `encode_contents` adds at most: with the longest name and media type."""


@dataclass(frozen=True, slots=True)
class Contents:
    """A secret in the form in which it travels.

    Parameters
    ----------
    form : Form
        What `data` is: the file's bytes, or encoded pixels.
    name : str
        The secret's file name, without folders.
    media_type : str
        ASCII, such as ``image/png``.
    data : bytes
        Before deflation.
    """

    form: Form
    name: str
    media_type: str
    data: bytes

    @property
    def sha256(self) -> bytes:
        """SHA-256 of the data."""
        return hashlib.sha256(self.data).digest()


def encode_contents(contents: Contents) -> bytes:
    """Return the body's plaintext; a file is deflated where that makes it smaller.

    Pixels travel as they are: the form is the seed's, and what it costs can be compared.
    """
    name = contents.name.encode("utf-8", "replace")[:_MAX_TEXT_BYTES]
    name = name.decode(errors="ignore").encode()
    media_type = contents.media_type.encode("ascii", "replace")[:_MAX_TEXT_BYTES]
    stored = contents.data
    if contents.form is Form.FILE:
        deflated = isal_zlib.compress(contents.data, isal_zlib.ISAL_BEST_COMPRESSION)
        stored = min(contents.data, deflated, key=len)
    code = _FORM_CODES[contents.form] << 1 | (_STORED if stored is contents.data else _DEFLATED)
    prefix = _PREFIX.pack(code, len(media_type), len(name), len(contents.data), contents.sha256)
    return b"".join((prefix, media_type, name, stored))


def decode_contents(plaintext: bytes | memoryview, *, max_bytes: int) -> Contents:
    """Return what `encode_contents` was given.

    Parameters
    ----------
    plaintext : bytes-like
        An opened body.
    max_bytes : int
        How long the secret may be after inflation.

    Raises
    ------
    Damaged
        If this is not what `encode_contents` writes.
    UnusableImage
        If the secret is longer than `max_bytes`.
    """
    if len(plaintext) < _PREFIX.size:
        raise Damaged("the payload is cut short")
    code, type_bytes, name_bytes, size, sha256 = _PREFIX.unpack_from(plaintext)
    form = _FORMS.get(code >> 1)
    rest = memoryview(plaintext)[_PREFIX.size :]
    if form is None or len(rest) < type_bytes + name_bytes:
        raise Damaged("the payload is not of a known form")
    if size > max_bytes:
        raise UnusableImage(
            f"the secret has {size:,} bytes, more than the limit of {max_bytes:,}",
            hint="raise the limit if you trust its sender",
        )
    stored = rest[type_bytes + name_bytes :]
    data = _inflated(stored, size) if code & 1 == _DEFLATED else bytes(stored)
    if len(data) != size or hashlib.sha256(data).digest() != sha256:
        raise Damaged("the secret is not what was hidden: its SHA-256 differs")
    media_type = bytes(rest[:type_bytes]).decode("ascii", "replace")
    name = bytes(rest[type_bytes : type_bytes + name_bytes]).decode("utf-8", "replace")
    return Contents(form, name, media_type, data)


def _inflated(stored: memoryview, size: int) -> bytes:
    """Return the data inflated to `size` bytes, and never more."""
    engine = zlib.decompressobj()
    try:
        data = engine.decompress(stored, size + 1)
    except zlib.error as error:
        raise Damaged("the secret cannot be inflated") from error
    if not engine.eof or engine.unused_data:
        raise Damaged("the secret cannot be inflated to its length")
    return data
