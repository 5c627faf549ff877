"""What a PNG says about its colours stays with it, and no format that cannot say it is written."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests.common.pictures.test_sixteen import chunk

from underpaint_common.errors import UsageError
from underpaint_common.pictures import OutputFormat, Picture, encode, read_picture
from underpaint_common.pictures.png_colour import are_srgb, colour_chunks
from underpaint_common.pictures.png_writer import SIGNATURE

SAMPLES = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
SRGB = struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
BT2020 = struct.pack(">8I", 31270, 32900, 70800, 29200, 17000, 79700, 13100, 4600)
PQ = (b"cICP", bytes((9, 16, 0, 1)))
ALL = (PQ, (b"cHRM", BT2020), (b"sRGB", b"\1"), (b"mDCV", bytes(24)), (b"cLLI", bytes(8)))
END_OF_HEADER = 33


def png(*chunks: tuple[bytes, bytes], mode: str = "RGB") -> bytes:
    file = io.BytesIO()
    Image.fromarray(SAMPLES).convert(mode).save(file, "PNG")
    data = file.getvalue()
    said = b"".join(chunk(kind, body) for kind, body in chunks)
    return data[:END_OF_HEADER] + said + data[END_OF_HEADER:]


@pytest.mark.parametrize("mode", ["RGB", "P", "L", "RGBA"])
def test_it_is_read_and_written_as_it_was(mode: str) -> None:
    picture = read_picture(png((b"tEXt", b"a\0b"), *ALL, mode=mode))
    assert picture.colour_chunks == ALL
    again = read_picture(b"".join(encode(picture)))
    assert again.colour_chunks == ALL
    np.testing.assert_array_equal(again.samples, picture.samples)


def test_gamma_and_primaries_stay_together() -> None:
    gamma = (b"gAMA", struct.pack(">I", 100_000))
    picture = read_picture(png(gamma, (b"cHRM", BT2020)))
    written = b"".join(encode(picture))
    assert (read_picture(written).gamma, picture.colour_chunks) == (1.0, ((b"cHRM", BT2020),))
    with Image.open(io.BytesIO(written)) as image:
        assert image.info["chromaticity"][2:4] == (0.708, 0.292)


@pytest.mark.parametrize(
    "said", [(b"cICP", b"\1"), (b"cHRM", bytes(31)), (b"pHYs", bytes(9)), (b"gAMA", bytes(4))]
)
def test_chunks_of_another_length_or_kind_are_left(said: tuple[bytes, bytes]) -> None:
    assert colour_chunks(io.BytesIO(png(said))) == ()


def test_of_two_the_first_counts_and_none_behind_the_pixels() -> None:
    data = png((b"sRGB", b"\0"), (b"sRGB", b"\1"))
    data = data[:-12] + chunk(*PQ) + data[-12:]
    assert colour_chunks(io.BytesIO(data)) == ((b"sRGB", b"\0"),)


@given(st.binary(max_size=100), st.integers(0, 200))
def test_what_is_broken_or_cut_short_has_none(rest: bytes, length: int) -> None:
    assert colour_chunks(io.BytesIO(SIGNATURE + rest)) == () or len(rest) > 8
    assert set(colour_chunks(io.BytesIO(png(*ALL)[:length]))) <= set(ALL)


@pytest.mark.parametrize(
    ("chunks", "has_profile", "srgb"),
    [
        ((), False, True),
        (((b"cHRM", SRGB), (b"sRGB", b"\0")), False, True),
        (((b"cHRM", BT2020),), False, False),
        (((b"cHRM", BT2020),), True, True),
        (((b"cICP", bytes((1, 13, 0, 1))),), False, True),
        ((PQ,), True, False),
    ],
)
def test_what_is_usual(
    chunks: tuple[tuple[bytes, bytes], ...], has_profile: bool, srgb: bool
) -> None:
    assert are_srgb(chunks, has_profile=has_profile) is srgb


@pytest.mark.parametrize("file_format", [each for each in OutputFormat if each != "png"])
def test_formats_that_cannot_say_it_are_refused_with_a_hint(file_format: OutputFormat) -> None:
    with pytest.raises(UsageError, match="colours other than sRGB's") as caught:
        encode(Picture(SAMPLES, colour_chunks=(PQ,)), file_format)
    assert caught.value.hint == "use PNG"
    assert b"".join(encode(Picture(SAMPLES, colour_chunks=((b"sRGB", b"\0"),)), file_format))
