"""A cipher key stream: as many pseudorandom bytes as wanted from one key."""

from __future__ import annotations

from Crypto.Cipher import AES

KEY_BYTES = 32

_CHUNK = 1 << 16


class KeyStream:
    """The AES-256-CTR key stream of a key, from counter 0 (NIST SP 800-38A, 6.5).

    The same key gives the same bytes on every machine and in every version, whatever the
    sizes in which they are taken.

    Parameters
    ----------
    key : bytes
        32 bytes, used for nothing else.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key stream's key has {KEY_BYTES} bytes, not {len(key)}")
        self._cipher = AES.new(key, AES.MODE_CTR, nonce=b"", initial_value=0)

    def read(self, n: int) -> bytes:
        """Return the next `n` bytes."""
        return self._cipher.encrypt(bytes(n))

    def fill(self, buffer: bytearray | memoryview) -> None:
        """Overwrite a writable, contiguous buffer with the next bytes."""
        view = memoryview(buffer).cast("B")
        zeros = bytes(min(_CHUNK, len(view)))
        for start in range(0, len(view), _CHUNK):
            part = view[start : start + _CHUNK]
            self._cipher.encrypt(zeros[: len(part)], output=part)
