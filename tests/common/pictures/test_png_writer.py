"""Whatever picture goes into a PNG comes out of every reader, sample by sample."""

from __future__ import annotations

import io
import shutil
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from underpaint_common.pictures import Compress, Picture, read_picture
from underpaint_common.pictures.png_writer import SIGNATURE, encode_png

COMPRESS = st.sampled_from(["fast", "best"])


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    """Draw small pictures of every kind that a PNG holds, flat ones and noisy ones."""
    dtype = draw(st.sampled_from([np.uint8, np.uint16]))
    height, width = draw(st.tuples(st.integers(1, 12), st.integers(1, 12)))
    channels = draw(st.sampled_from([1, 3]))
    samples = draw(hnp.arrays(dtype, (height, width, channels)))
    alpha = draw(st.none() | hnp.arrays(dtype, (height, width)))
    return Picture(
        samples,
        alpha,
        icc_profile=draw(st.none() | st.binary(min_size=1, max_size=500)),
        gamma=draw(st.none() | st.integers(1, 10**6).map(lambda value: value / 100_000)),
    )


def chunks_of(file: bytes) -> list[tuple[bytes, bytes]]:
    """Return kind and body of every chunk, checksums verified."""
    assert file.startswith(SIGNATURE)
    chunks, at = [], len(SIGNATURE)
    while at < len(file):
        length = int.from_bytes(file[at : at + 4], "big")
        kind, body = file[at + 4 : at + 8], file[at + 8 : at + 8 + length]
        assert zlib.crc32(kind + body) == int.from_bytes(file[at + 8 + length :][:4], "big")
        chunks.append((kind, body))
        at += 12 + length
    return chunks


@given(picture=pictures(), compress=COMPRESS)
def test_reading_returns_what_was_written(picture: Picture, compress: Compress) -> None:
    back = read_picture(b"".join(encode_png(picture, compress=compress)))
    assert back.bit_depth == picture.bit_depth
    np.testing.assert_array_equal(back.samples, picture.samples)
    assert (back.alpha is None) == (picture.alpha is None)
    if picture.alpha is not None:
        np.testing.assert_array_equal(back.alpha, picture.alpha)
    assert (back.icc_profile, back.gamma) == (picture.icc_profile, picture.gamma)
    assert back.notices == ()


@given(picture=pictures(), compress=COMPRESS)
def test_pillow_sees_the_same_samples(picture: Picture, compress: Compress) -> None:
    """An independent reader; of 16-bit colour it shows the high bytes, which is half a proof."""
    data = b"".join(encode_png(picture, compress=compress))
    bands = [picture.samples]
    if picture.alpha is not None:
        bands.append(picture.alpha[:, :, np.newaxis])
    expected = np.concatenate(bands, axis=2)
    with Image.open(io.BytesIO(data)) as image:
        seen = np.asarray(image).reshape(*image.size[::-1], -1)
    if picture.bit_depth == 16 and expected.shape[2] > 1:
        expected = (expected >> np.uint16(8)).astype(np.uint8)
        if expected.shape[2] == 2:
            seen = seen[:, :, [0, -1]]
    np.testing.assert_array_equal(seen, expected)


@given(picture=pictures(), compress=COMPRESS)
def test_the_file_is_what_the_specification_says(picture: Picture, compress: Compress) -> None:
    chunks = chunks_of(b"".join(encode_png(picture, compress=compress)))
    kinds = [kind for kind, _ in chunks]
    assert kinds[0] == b"IHDR"
    assert kinds[-1] == b"IEND"
    first_data = kinds.index(b"IDAT")
    assert set(kinds[first_data:-1]) == {b"IDAT"}
    rows = zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT"))
    bands = picture.channels + (picture.alpha is not None)
    assert len(rows) == picture.height * (1 + picture.width * bands * picture.bit_depth // 8)


def test_a_large_picture_comes_in_pieces_before_it_is_done() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (700, 900, 3), np.uint8)
    pieces = list(encode_png(Picture(noise)))
    assert len(pieces) > 5
    assert max(map(len, pieces)) < noise.nbytes // 3
    np.testing.assert_array_equal(read_picture(b"".join(pieces)).samples, noise)


@pytest.mark.parametrize("kind", ["drawing", "gradient", "noise"])
def test_best_is_never_larger_than_fast(kind: str) -> None:
    y, x = np.mgrid[0:200, 0:300]
    samples = {
        "drawing": ((x // 20 + y // 30) % 2 * 255).astype(np.uint8),
        "gradient": (x + y).astype(np.uint8),
        "noise": np.random.default_rng(2).integers(0, 256, (200, 300), np.uint8),
    }[kind]
    picture = Picture(samples[:, :, np.newaxis])
    fast, best = (len(b"".join(encode_png(picture, compress=c))) for c in ("fast", "best"))
    assert best <= fast


def test_extreme_shapes() -> None:
    for shape in [(1, 100_000, 3), (100_000, 1, 3), (1, 1, 1)]:
        samples = np.random.default_rng(3).integers(0, 2**16, shape, np.uint16)
        back = read_picture(b"".join(encode_png(Picture(samples))))
        np.testing.assert_array_equal(back.samples, samples)


@pytest.mark.parametrize("compress", ["fast", "best"])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("with_alpha", [False, True])
def test_pngcheck_finds_nothing_wrong(
    tmp_path: Path,
    compress: Compress,
    channels: int,
    dtype: type[np.uint8 | np.uint16],
    *,
    with_alpha: bool,
) -> None:
    pngcheck = shutil.which("pngcheck")
    if pngcheck is None:
        pytest.skip("pngcheck is not installed")
    generator = np.random.default_rng(4)
    samples = generator.integers(0, 256, (60, 70, channels)).astype(dtype)
    alpha = generator.integers(0, 256, (60, 70)).astype(dtype) if with_alpha else None
    file = tmp_path / "out.png"
    picture = Picture(samples, alpha, gamma=0.45455)
    file.write_bytes(b"".join(encode_png(picture, compress=compress)))
    done = subprocess.run([pngcheck, "-v", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "No errors detected" in done.stdout
