"""Baseline TIFF files (TIFF revision 6.0), uncompressed, so that they can be written in order.

Little-endian; one image; pixels interleaved, alpha last and not multiplied into the colour.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np

from underpaint_common.pictures.picture import CMYK, GREY, RGB, Picture

_STRIP_BYTES = 256 * 1024
_SHORT, _LONG, _UNDEFINED = 3, 4, 7
_FORMATS = {_SHORT: "H", _LONG: "I"}
_PHOTOMETRIC = {GREY: 1, RGB: 2, CMYK: 5}
_UNASSOCIATED_ALPHA = 2
_HEADER_BYTES = 8


def encode_tiff(picture: Picture) -> Iterator[bytes]:
    """Yield a TIFF file of a picture of any kind, profile included.

    EXIF data are themselves a TIFF structure and are not merged into this one.
    """
    bands = picture.channels + (picture.alpha is not None)
    row_bytes = picture.width * bands * picture.bit_depth // 8
    rows = min(picture.height, max(1, _STRIP_BYTES // row_bytes))
    tops = range(0, picture.height, rows)
    sizes = [min(rows, picture.height - top) * row_bytes for top in tops]
    yield _head(_entries(picture, bands, rows), sizes)
    for top in tops:
        yield _strip(picture, top, rows)


def _entries(picture: Picture, bands: int, rows: int) -> dict[int, tuple[int, list[int] | bytes]]:
    """Return the fields, by tag: type and values; section numbers are the specification's."""
    fields: dict[int, tuple[int, list[int] | bytes]] = {
        256: (_LONG, [picture.width]),
        257: (_LONG, [picture.height]),
        258: (_SHORT, [picture.bit_depth] * bands),  # BitsPerSample
        259: (_SHORT, [1]),  # Compression: none
        262: (_SHORT, [_PHOTOMETRIC[picture.channels]]),
        277: (_SHORT, [bands]),  # SamplesPerPixel
        278: (_LONG, [rows]),  # RowsPerStrip
        284: (_SHORT, [1]),  # PlanarConfiguration: interleaved
    }
    if picture.alpha is not None:
        fields[338] = (_SHORT, [_UNASSOCIATED_ALPHA])  # ExtraSamples
    if picture.icc_profile is not None:
        fields[34675] = (_UNDEFINED, picture.icc_profile)
    return fields


def _head(fields: dict[int, tuple[int, list[int] | bytes]], strip_sizes: list[int]) -> bytes:
    """Return all that stands before the strips: header, directory, values too long for it."""
    fields = fields | {273: (_LONG, strip_sizes), 279: (_LONG, strip_sizes)}
    packed = {tag: _pack(kind, values) for tag, (kind, values) in fields.items()}
    counts = {tag: len(values) for tag, (_, values) in fields.items()}
    directory_bytes = 2 + 12 * len(fields) + 4
    long_values = {tag: value for tag, value in packed.items() if len(value) > 4}
    data_start = _HEADER_BYTES + directory_bytes + sum(map(len, long_values.values()))
    starts = data_start + np.cumsum([0, *strip_sizes[:-1]])
    packed[273] = _pack(_LONG, starts.tolist())
    directory, values = bytearray(), bytearray()
    for tag in sorted(fields):
        value = packed[tag]
        directory += struct.pack("<HHI", tag, fields[tag][0], counts[tag])
        if len(value) > 4:
            directory += struct.pack("<I", _HEADER_BYTES + directory_bytes + len(values))
            values += value
        else:
            directory += value.ljust(4, b"\0")
    head = struct.pack("<2sHIH", b"II", 42, _HEADER_BYTES, len(fields))
    return head + directory + bytes(4) + values


def _pack(kind: int, values: list[int] | bytes) -> bytes:
    """Return values as the file stores them, of even length: values begin on even offsets."""
    if isinstance(values, bytes):
        return values + bytes(len(values) % 2)
    return struct.pack(f"<{len(values)}{_FORMATS[kind]}", *values)


def _strip(picture: Picture, top: int, rows: int) -> bytes:
    """Return rows of the picture, from `top` on, as the file stores them."""
    stored = np.dtype(np.uint8 if picture.bit_depth == 8 else "<u2")
    samples = picture.samples[top : top + rows]
    if picture.alpha is None:
        return samples.astype(stored, copy=False).tobytes()
    alpha = picture.alpha[top : top + rows, :, np.newaxis]
    return np.concatenate([samples, alpha], axis=2).astype(stored, copy=False).tobytes()
