"""The short way into a PNG: the same samples as the long way, the same refusals, bounded memory."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from underpaint_common.errors import UnusableImage
from underpaint_common.pictures import Limits, Picture, read_picture
from underpaint_common.pictures.decode import decode
from underpaint_common.pictures.png_reader import read_rows_filtered_up
from underpaint_common.pictures.png_writer import SIGNATURE, encode_png
from underpaint_common.pictures.sniff import FileKind

SAMPLES = np.random.default_rng(9).integers(0, 256, (30, 20, 3), np.uint8)
OURS = b"".join(encode_png(Picture(SAMPLES)))
IEND = struct.pack(">I", 0) + b"IEND" + struct.pack(">I", zlib.crc32(b"IEND"))


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def rgb_png(width: int, height: int, data: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return SIGNATURE + chunk(b"IHDR", header) + data + IEND


def takes_the_short_way(file: bytes) -> bool:
    source = io.BytesIO(file)
    with Image.open(source) as image:
        return read_rows_filtered_up(image, source) is not None


def test_our_files_take_it() -> None:
    assert takes_the_short_way(OURS)


@given(
    kinds=st.lists(st.sampled_from([0, 2]), min_size=1, max_size=8),
    data=st.data(),
    pieces=st.integers(1, 50),
)
def test_any_mixture_of_its_filters_reads_as_pillow_reads_it(
    kinds: list[int], data: st.DataObject, pieces: int
) -> None:
    rows = data.draw(hnp.arrays(np.uint8, (len(kinds), 1 + 15)))
    rows[:, 0] = kinds
    packed = zlib.compress(rows.tobytes())
    parts = [packed[at : at + pieces] for at in range(0, len(packed), pieces)]
    file = rgb_png(5, len(kinds), b"".join(chunk(b"IDAT", part) for part in parts))
    assert takes_the_short_way(file)
    with Image.open(io.BytesIO(file)) as image:
        np.testing.assert_array_equal(read_picture(file).samples, np.asarray(image))


def test_what_stands_behind_the_samples_is_not_overlooked() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = OURS.replace(IEND, chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0")) + IEND)
    assert not takes_the_short_way(turned)
    np.testing.assert_array_equal(read_picture(turned).samples, np.rot90(SAMPLES, -1))


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (OURS[:-30], "cut short"),
        (OURS[:-16] + bytes([OURS[-16] ^ 1]) + OURS[-15:], "checksum"),
        (OURS[:-40] + bytes([OURS[-40] ^ 1]) + OURS[-39:], "broken"),
        (rgb_png(20, 31, OURS[len(SIGNATURE) + 25 : -12]), "cut short"),
        (rgb_png(20, 30, chunk(b"IDAT", zlib.compress(bytes(1830))[:-6])), "cut short"),
    ],
)
def test_damage_is_told(file: bytes, words: str) -> None:
    with pytest.raises(UnusableImage, match=words):
        read_picture(file)


def test_a_bomb_behind_a_small_header_takes_no_memory() -> None:
    """100 MB of zeros in 100 kB, in an image that claims 20 x 30 pixels."""
    bomb = zlib.compress(bytes(100_000_000), 9)
    file = rgb_png(20, 30, chunk(b"IDAT", bomb))
    read_picture(OURS)
    tracemalloc.start()
    source = io.BytesIO(file)
    decode(source, FileKind.PNG, Limits(), keep_metadata=False)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000
