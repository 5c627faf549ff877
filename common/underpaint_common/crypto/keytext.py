"""Keys as people see them: one token of text with a type prefix and a checksum.

`upub_` and 58 characters of lower-case base32 (RFC 4648, no padding) over the 32 key bytes
and 4 bytes of checksum; a private key under a passphrase is longer. The alphabet is safe in a
shell, in the fragment of an address and under a double click; the prefix tells a public key
from a private one, the checksum a mistyped from a cut one.
"""

from __future__ import annotations

import base64
import binascii
import enum
import hashlib

from underpaint_common.errors import UsageError

RAW_BYTES = 32
PROTECTED_BYTES = 99

_CHECKSUM_BYTES = 4
_BITS_PER_CHARACTER = 5
_CHECKSUM_LABEL = b"underpaint key text v1 "


class KeyKind(enum.Enum):
    """What a key is for; the value is the prefix of its text."""

    PUBLIC = "upub_"
    PRIVATE = "upriv_"
    PROTECTED = "uprotected_"
    SHARED = "ushared_"
    INVITATION = "uinvite_"

    @property
    def described(self) -> str:
        """The kind as it reads in a sentence."""
        return _DESCRIPTIONS.get(self.name, f"{self.name.lower()} key")

    @property
    def raw_bytes(self) -> int:
        """Length of such a key in bytes."""
        return PROTECTED_BYTES if self is KeyKind.PROTECTED else RAW_BYTES

    @property
    def body_characters(self) -> int:
        """Characters of its text after the prefix."""
        return -(-8 * (self.raw_bytes + _CHECKSUM_BYTES) // _BITS_PER_CHARACTER)


_DESCRIPTIONS = {"PROTECTED": "private key under a passphrase", "INVITATION": "invitation's token"}


def encode(kind: KeyKind, raw: bytes) -> str:
    """Return the text of a key's raw bytes, `kind.raw_bytes` of them."""
    if len(raw) != kind.raw_bytes:
        raise ValueError(f"a {kind.described} has {kind.raw_bytes} bytes, not {len(raw)}")
    body = base64.b32encode(raw + _checksum(kind, raw)).decode("ascii")
    return kind.value + body.rstrip("=").lower()


def kind_of(text: str) -> KeyKind | None:
    """Return the kind of key that a text claims to be, by its prefix, or None."""
    token = text.strip().lower()
    return next((each for each in KeyKind if token.startswith(each.value)), None)


def decode(kind: KeyKind, text: str) -> bytes:
    """Return the raw bytes of a key's text, `kind.raw_bytes` of them.

    Surrounding white space is ignored, and so is the case of letters.

    Raises
    ------
    UsageError
        The text is another kind of key, cut, mistyped, or no key at all. The message never
        repeats the text, which may be a private key.
    """
    token = text.strip().lower()
    found = kind_of(token)
    if found is None:
        raise UsageError(
            f"this is not a {kind.described}", hint=f"its text begins with {kind.value}"
        )
    if found is not kind:
        raise UsageError(f"this is a {found.described} where a {kind.described} belongs")
    body = token.removeprefix(kind.value)
    if len(body) != kind.body_characters:
        raise UsageError(
            f"this {kind.described} is cut or has something added: "
            f"{len(body)} characters after the prefix where {kind.body_characters} belong",
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
    raw = data[: kind.raw_bytes]
    # Compared as text, so that the unused bits of the last character are covered as well.
    if len(data) != kind.raw_bytes + _CHECKSUM_BYTES or encode(kind, raw) != kind.value + body:
        raise mistyped
    return raw


def _checksum(kind: KeyKind, raw: bytes) -> bytes:
    return hashlib.sha512(_CHECKSUM_LABEL + kind.value.encode() + raw).digest()[:_CHECKSUM_BYTES]
