"""How many scans a JPEG file has: a decoder goes through the whole picture for each of them.

A scan of a few bytes may say "nothing new" for millions of blocks (ITU-T T.81, annexes B and G), so
that a small file could keep a processor busy for hours.
"""

from __future__ import annotations

import os
import re
from typing import IO

from underpaint_common.errors import UnusableImage

MOST_SCANS = 100
"""Encoders write about ten; libtiff stops at so many as well."""
MOST_SEGMENTS = 1 << 16
_HINT = "save it anew as an ordinary JPEG"

_BLOCK_BYTES = 64 * 1024
# In image data a 0xFF is followed by zero, by a restart marker, or by more of its kind.
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_END, _SCAN, _ALONE = 0xD9, 0xDA, frozenset({0x01, 0xD8})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})


def check_jpeg_scans(file: IO[bytes]) -> None:
    """Refuse a file of more scans, or of more segments, than any encoder writes.

    Parameters
    ----------
    file : binary file, seekable
        A JPEG file. What is broken or cut short is left to the decoder.

    Raises
    ------
    UnusableImage
        There are too many.
    """
    file.seek(0)
    stream, scans, frame = _Segments(file), 0, b""
    for _ in range(MOST_SEGMENTS):
        marker, head = stream.next()
        if marker is None or marker == _END:
            return
        if marker in _FRAMES:
            frame = bytes([marker]) + head
        elif marker == _SCAN:
            scans += 1
            if _is_all(frame, head):
                return
        if scans > MOST_SCANS:
            raise UnusableImage(f"the JPEG file has more than {MOST_SCANS} scans", hint=_HINT)
    raise UnusableImage(f"the JPEG file has more than {MOST_SEGMENTS:,} segments", hint=_HINT)


def _is_all(frame: bytes, scan: bytes) -> bool:
    """Tell whether a scan holds the whole picture; decoders then look at no other."""
    return len(frame) > 6 and frame[0] not in _PROGRESSIVE and frame[6:7] == scan[:1]


class _Segments:
    """The markers of a file, one after another, with the first bytes of their segments."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._block = b""
        self._at = 0

    def next(self) -> tuple[int | None, bytes]:
        """Return the next marker, None at the end, and up to six bytes behind its length."""
        marker = self._marker()
        if marker is None or marker == _END or marker in _ALONE:
            return marker, b""
        length = int.from_bytes(self._take(2))
        head = self._take(min(6, max(0, length - 2)))
        self._skip(length - 2 - len(head))
        return marker, head

    def _marker(self) -> int | None:
        while (found := _MARKER.search(self._block, self._at)) is None:
            # The 0xFF of a marker may be the last byte of a block.
            self._at = max(self._at, len(self._block) - 1)
            if not self._fill():
                return None
        self._at = found.end()
        return self._block[self._at - 1]

    def _take(self, count: int) -> bytes:
        while len(self._block) - self._at < count and self._fill():
            pass
        taken = self._block[self._at : self._at + count]
        self._at += len(taken)
        return taken

    def _skip(self, count: int) -> None:
        beyond = self._at + max(0, count) - len(self._block)
        if beyond <= 0:
            self._at += max(0, count)
            return
        self._file.seek(beyond, os.SEEK_CUR)
        self._block, self._at = b"", 0

    def _fill(self) -> bool:
        more = self._file.read(_BLOCK_BYTES)
        self._block, self._at = self._block[self._at :] + more, 0
        return bool(more)
