"""16-bit colour: what Pillow would narrow to 8 bits arrives with all its bits."""

from __future__ import annotations

import io
import struct
import sys
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from underpaint_common.errors import UnusableImage
from underpaint_common.pictures import OutputFormat, Picture, encode, read_picture
from underpaint_common.pictures.png_filters import filter_adaptively
from underpaint_common.pictures.png_writer import SIGNATURE

COLOUR_TYPES = {2: 4, 3: 2, 4: 6}
WIDE = hnp.arrays(
    np.uint16, st.tuples(st.integers(1, 9), st.integers(1, 9), st.sampled_from([2, 3, 4]))
)
# Adam7: first column, first row, column step, row step (PNG specification 3, section 8.2).
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)]
PASSES += [(0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def filtered(samples: np.ndarray) -> bytes:
    """Return rows under every filter that suits them, as big-endian bytes."""
    height, width, bands = samples.shape
    rows = samples.astype(">u2").view(np.uint8).reshape(height, width * bands * 2)
    above = np.vstack([np.zeros((1, rows.shape[1]), np.uint8), rows[:-1]])
    out = np.empty((height, 1 + rows.shape[1]), np.uint8)
    filter_adaptively(rows, above, bands * 2, out)
    return out.tobytes()


def png(samples: np.ndarray, *, interlaced: bool = False, **chunks: bytes) -> bytes:
    height, width, bands = samples.shape
    parts = [samples]
    if interlaced:
        parts = [samples[y::dy, x::dx] for x, y, dx, dy in PASSES]
    rows = b"".join(filtered(np.ascontiguousarray(part)) for part in parts if part.size)
    header = struct.pack(">IIBBBBB", width, height, 16, COLOUR_TYPES[bands], 0, 0, interlaced)
    others = b"".join(chunk(kind.encode(), body) for kind, body in chunks.items())
    return b"".join(
        [
            SIGNATURE,
            chunk(b"IHDR", header),
            others,
            chunk(b"IDAT", zlib.compress(rows)),
            chunk(b"IEND", b""),
        ]
    )


@given(samples=WIDE, interlaced=st.booleans())
def test_png_keeps_all_bits_under_all_filters(samples: np.ndarray, *, interlaced: bool) -> None:
    picture = read_picture(png(samples, interlaced=interlaced))
    has_alpha = samples.shape[2] in (2, 4)
    colour = samples[:, :, :-1] if has_alpha else samples
    np.testing.assert_array_equal(picture.samples, colour)
    assert picture.bit_depth == 16
    if has_alpha:
        np.testing.assert_array_equal(picture.alpha, samples[:, :, -1])
    else:
        assert picture.alpha is None


def test_a_colour_key_is_compared_at_sixteen_bits() -> None:
    samples = np.array([[[1, 2, 3], [1, 2, 4], [257, 2, 3]]], np.uint16)
    picture = read_picture(png(samples, tRNS=struct.pack(">3H", 1, 2, 3)))
    assert picture.alpha is not None
    assert picture.alpha.tolist() == [[0, 65535, 65535]]
    assert picture.notices == ("transparent colour turned into alpha",)


def tiff(samples: np.ndarray, order: str, *, deflated: bool = False, planar: int = 1) -> bytes:
    """Return a 16-bit TIFF of one strip in either byte order, deflated or not."""
    height, width, bands = samples.shape
    strip = samples.astype(f"{order}u2").tobytes()
    strip = zlib.compress(strip) if deflated else strip
    fields = [
        (256, 4, [width]),
        (257, 4, [height]),
        (258, 3, [16] * bands),
        (259, 3, [8 if deflated else 1]),
        (262, 3, [2]),
        (273, 4, [0]),
        (277, 3, [bands]),
        (278, 4, [height]),
        (279, 4, [len(strip)]),
        (284, 3, [planar]),
        *([(338, 3, [2])] if bands == 4 else []),
    ]
    bits_at = 8 + 2 + 12 * len(fields) + 4
    out = struct.pack(f"{order}2sHIH", b"II" if order == "<" else b"MM", 42, 8, len(fields))
    for tag, kind, values in fields:
        out += struct.pack(f"{order}HHI", tag, kind, len(values))
        if tag == 258:
            out += struct.pack(f"{order}I", bits_at)
        elif tag == 273:
            out += struct.pack(f"{order}I", bits_at + 2 * bands)
        else:
            out += struct.pack(f"{order}{'HI'[kind - 3]}", values[0]).ljust(4, b"\0")
    return out + bytes(4) + struct.pack(f"{order}{bands}H", *[16] * bands) + strip


@pytest.mark.parametrize("deflated", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bands", [3, 4])
def test_tiff_keeps_all_bits_in_both_byte_orders(order: str, bands: int, *, deflated: bool) -> None:
    samples = np.random.default_rng(8).integers(0, 2**16, (11, 13, bands), np.uint16)
    picture = read_picture(tiff(samples, order, deflated=deflated))
    np.testing.assert_array_equal(picture.samples, samples[:, :, :3])
    if bands == 4:
        np.testing.assert_array_equal(picture.alpha, samples[:, :, 3])


def test_parted_planes_are_refused_rather_than_narrowed() -> None:
    samples = np.zeros((4, 4, 3), np.uint16)
    with pytest.raises(UnusableImage, match="16-bit colour in this arrangement"):
        read_picture(tiff(samples, "<", deflated=True, planar=2))


def test_this_is_needed_because_pillow_narrows() -> None:
    """When this fails, Pillow has learnt 16-bit colour, and this room's detour may go."""
    samples = np.full((2, 2, 3), 0x1234, np.uint16)
    with Image.open(io.BytesIO(b"".join(encode(Picture(samples), OutputFormat.PNG)))) as image:
        assert image.mode == "RGB"
        assert set(np.asarray(image).ravel().tolist()) == {0x12}
    assert sys.byteorder in ("little", "big")
