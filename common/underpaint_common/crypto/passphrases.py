"""Passphrases: brought to one form, judged, and stretched into keys by scrypt (RFC 7914)."""

from __future__ import annotations

import hashlib
import math
import unicodedata
from dataclasses import dataclass

from underpaint_common.errors import UsageError

_BLOCK_BYTES = 128
_MEMORY_MARGIN = 1 << 20

_WEAK_BELOW_BITS = 60
_FEWEST_DISTINCT = 6


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess at a passphrase costs: scrypt's parameters.

    Attributes
    ----------
    log2_n : int
        Binary logarithm of N, the number of blocks.
    r : int
        Block size, in units of 128 bytes.
    p : int
        Parallelisation: how often it is done over.
    """

    log2_n: int
    r: int
    p: int

    @property
    def memory(self) -> int:
        """Bytes that it takes."""
        return _BLOCK_BYTES * self.r * ((1 << self.log2_n) + self.p)


COST = Cost(log2_n=17, r=8, p=1)
"""What is used for everything new: about 0.3 s and 128 MiB."""


def stretch(passphrase: str, cost: Cost, salt: bytes, length: int) -> bytes:
    """Return `length` bytes of key for a passphrase.

    The text is brought to Unicode NFC; one newline at its end, as files have it, is dropped.

    Raises
    ------
    UsageError
        The passphrase is empty or no valid Unicode text.

    References
    ----------
    RFC 7914, section 6.
    """
    return hashlib.scrypt(
        _bytes_of(passphrase),
        salt=salt,
        n=1 << cost.log2_n,
        r=cost.r,
        p=cost.p,
        maxmem=cost.memory + _MEMORY_MARGIN,
        dklen=length,
    )


def is_weak(passphrase: str) -> bool:
    """Tell whether a passphrase would likely fall to a dictionary or to patient guessing.

    A rough bound only: length times the bits that a random character of its alphabet has.
    """
    text = _without_newline(passphrase)
    if len(set(text)) < _FEWEST_DISTINCT:
        return True
    return len(text) * math.log2(_alphabet_size(text)) < _WEAK_BELOW_BITS


def _bytes_of(passphrase: str) -> bytes:
    text = unicodedata.normalize("NFC", _without_newline(passphrase))
    if not text:
        raise UsageError("the passphrase is empty")
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise UsageError("the passphrase is not valid UTF-8 text") from None


def _without_newline(passphrase: str) -> str:
    if passphrase.endswith("\r\n"):
        return passphrase[:-2]
    return passphrase.removesuffix("\n")


def _alphabet_size(text: str) -> int:
    ascii_letters_and_digits = [(str.islower, 26), (str.isupper, 26), (str.isdigit, 10)]
    size = sum(
        n for test, n in ascii_letters_and_digits if any(c.isascii() and test(c) for c in text)
    )
    if any(c.isascii() and not c.isalnum() for c in text):
        size += 33
    if not text.isascii():
        size += 100
    return size
