"""Keys as people see them: one token of text with a type prefix and a checksum.

`upub_` and 58 characters of lower-case base32 (RFC 4648, no padding) over the 32 key bytes
and 4 bytes of checksum. The alphabet is safe in a shell, in the fragment of an address and
under a double click; the prefix tells a public key from a private one, the checksum a
mistyped from a cut one.
"""

from __future__ import annotations

import base64
import binascii
import enum
import hashlib

from underpaint_common.errors import UsageError

RAW_BYTES = 32

_CHECKSUM_BYTES = 4
_BODY_CHARACTERS = 58
_CHECKSUM_LABEL = b"underpaint key text v1 "


class KeyKind(enum.Enum):
    """What a key is for; the value is the prefix of its text."""

    PUBLIC = "upub_"
    PRIVATE = "upriv_"
    SHARED = "ushared_"

    @property
    def described(self) -> str:
        """The kind as it reads in a sentence."""
        return f"{self.name.lower()} key"


def encode(kind: KeyKind, raw: bytes) -> str:
    """Return the text of a key of 32 raw bytes."""
    if len(raw) != RAW_BYTES:
        raise ValueError(f"a {kind.described} has {RAW_BYTES} bytes, not {len(raw)}")
    body = base64.b32encode(raw + _checksum(kind, raw)).decode("ascii")
    return kind.value + body.rstrip("=").lower()


def decode(kind: KeyKind, text: str) -> bytes:
    """Return the 32 raw bytes of a key's text.

    Surrounding white space is ignored, and so is the case of letters.

    Raises
    ------
    UsageError
        The text is another kind of key, cut, mistyped, or no key at all. The message never
        repeats the text, which may be a private key.
    """
    token = text.strip().lower()
    found = next((each for each in KeyKind if token.startswith(each.value)), None)
    if found is None:
        raise UsageError(
            f"this is not a {kind.described}", hint=f"its text begins with {kind.value}"
        )
    if found is not kind:
        raise UsageError(f"this is a {found.described} where a {kind.described} belongs")
    body = token.removeprefix(kind.value)
    if len(body) != _BODY_CHARACTERS:
        raise UsageError(
            f"this {kind.described} is cut or has something added: "
            f"{len(body)} characters after the prefix where {_BODY_CHARACTERS} belong",
            hint="copy the whole key again",
        )
    return _checked(kind, body)


def _checked(kind: KeyKind, body: str) -> bytes:
    mistyped = UsageError(
        f"this {kind.described} is mistyped: its checksum does not match",
        hint="copy the whole key again",
    )
    try:
        data = base64.b32decode(body.upper() + "=" * (-len(body) % 8))
    except (binascii.Error, ValueError):
        raise mistyped from None
    raw = data[:RAW_BYTES]
    # Compared as text, so that the two unused bits of the last character are covered as well.
    if len(data) != RAW_BYTES + _CHECKSUM_BYTES or encode(kind, raw) != kind.value + body:
        raise mistyped
    return raw


def _checksum(kind: KeyKind, raw: bytes) -> bytes:
    return hashlib.sha512(_CHECKSUM_LABEL + kind.value.encode() + raw).digest()[:_CHECKSUM_BYTES]
