"""Every kind of cover: what it shows is what the samples say, and what was changed is told."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from underpaint_common.errors import UnusableImage
from underpaint_common.pictures import Picture, read_picture
from underpaint_common.pictures.png_writer import SIGNATURE, encode_png

GENERATOR = np.random.default_rng(7)
GREY = GENERATOR.integers(0, 256, (20, 30), np.uint8)
RGB = GENERATOR.integers(0, 256, (20, 30, 3), np.uint8)
RGBA = GENERATOR.integers(0, 256, (20, 30, 4), np.uint8)
LOSSLESS = {"PNG": {}, "TIFF": {}, "BMP": {}, "WEBP": {"lossless": True, "exact": True}}


def file_of(image: Image.Image, format_name: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, format_name, **options)
    return file.getvalue()


def png(width: int, height: int, depth: int, colour: int, rows: bytes, **chunks: bytes) -> bytes:
    """Return a PNG made by hand, for what no writer at hand makes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    others = b"".join(chunk(kind.encode(), body) for kind, body in chunks.items())
    data = chunk(b"IDAT", zlib.compress(rows))
    return SIGNATURE + chunk(b"IHDR", header) + others + data + chunk(b"IEND", b"")


@pytest.mark.parametrize("format_name", LOSSLESS)
def test_rgb(format_name: str) -> None:
    picture = read_picture(file_of(Image.fromarray(RGB), format_name, **LOSSLESS[format_name]))
    np.testing.assert_array_equal(picture.samples, RGB)
    assert picture.alpha is None
    assert picture.notices == ()


@pytest.mark.parametrize("format_name", ["PNG", "TIFF", "BMP", "PPM"])
def test_grey_stays_one_channel(format_name: str) -> None:
    picture = read_picture(file_of(Image.fromarray(GREY), format_name))
    np.testing.assert_array_equal(picture.samples[:, :, 0], GREY)
    assert picture.channels == 1


@pytest.mark.parametrize("format_name", ["PNG", "TIFF", "WEBP"])
def test_alpha_is_parted_and_colour_under_it_kept(format_name: str) -> None:
    rgba = RGBA.copy()
    rgba[:5, :5, 3] = 0
    picture = read_picture(file_of(Image.fromarray(rgba), format_name, **LOSSLESS[format_name]))
    np.testing.assert_array_equal(picture.samples, rgba[:, :, :3])
    np.testing.assert_array_equal(picture.alpha, rgba[:, :, 3])


@pytest.mark.parametrize("format_name", ["PNG", "TIFF"])
def test_grey_with_alpha(format_name: str) -> None:
    image = Image.fromarray(np.ascontiguousarray(RGBA[:, :, :2]), "LA")
    picture = read_picture(file_of(image, format_name))
    np.testing.assert_array_equal(picture.samples, RGBA[:, :, :1])
    np.testing.assert_array_equal(picture.alpha, RGBA[:, :, 1])


@pytest.mark.parametrize("format_name", ["PNG", "TIFF", "BMP", "GIF"])
def test_a_palette_becomes_rgb_with_a_notice(format_name: str) -> None:
    image = Image.fromarray(RGB).quantize(32)
    picture = read_picture(file_of(image, format_name))
    np.testing.assert_array_equal(picture.samples, np.asarray(image.convert("RGB")))
    assert picture.alpha is None
    assert picture.notices == ("palette turned into RGB",)


def test_a_transparent_palette_becomes_rgb_and_alpha_with_a_notice() -> None:
    image = Image.fromarray(RGB).quantize(8)
    opacities = bytes([0, 255, 128, 7, 255, 255, 1, 254])
    picture = read_picture(file_of(image, transparency=opacities))
    np.testing.assert_array_equal(picture.samples, np.asarray(image.convert("RGB")))
    np.testing.assert_array_equal(
        picture.alpha, np.frombuffer(opacities, np.uint8)[np.asarray(image)]
    )
    assert picture.notices == ("palette turned into RGB with alpha",)


@pytest.mark.parametrize(
    ("array", "key"), [(RGB, (1, 2, 3)), (GREY, 77), (GREY.astype(np.uint16) * 257, 7710)]
)
def test_a_colour_key_becomes_alpha_with_a_notice(array: np.ndarray, key: object) -> None:
    array = array.copy()
    array[3:6, 4:9] = key
    picture = read_picture(file_of(Image.fromarray(array), transparency=key))
    np.testing.assert_array_equal(picture.samples, array.reshape(picture.samples.shape))
    is_key = (picture.samples == np.array(key)).all(axis=2)
    np.testing.assert_array_equal(picture.alpha == 0, is_key)
    assert picture.alpha is not None
    assert set(np.unique(picture.alpha).tolist()) == {0, np.iinfo(array.dtype).max}
    assert picture.notices == ("transparent colour turned into alpha",)


@pytest.mark.parametrize("depth", [2, 4])
def test_a_colour_key_of_few_bits_is_scaled_like_the_samples(depth: int) -> None:
    file = png(4, 1, depth, 0, b"\0\x1b\x00"[: 1 + depth // 2], tRNS=struct.pack(">H", 1))
    picture = read_picture(file)
    top = (1 << depth) - 1
    values = {2: [0, 1, 2, 3], 4: [1, 11, 0, 0]}[depth]
    assert picture.samples[0, :, 0].tolist() == [value * 255 // top for value in values]
    assert picture.alpha is not None
    assert (picture.alpha[0] == 0).tolist() == [value == 1 for value in values]


@pytest.mark.parametrize("format_name", ["PNG", "TIFF", "BMP"])
def test_one_bit_becomes_grey_with_a_notice(format_name: str) -> None:
    image = Image.fromarray(GREY > 100)
    picture = read_picture(file_of(image, format_name))
    np.testing.assert_array_equal(picture.samples[:, :, 0], (GREY > 100) * 255)
    assert picture.notices == ("1-bit image turned into 8-bit grey",)


@pytest.mark.parametrize("format_name", ["PNG", "TIFF"])
def test_sixteen_bit_grey_keeps_its_bits(format_name: str) -> None:
    wide = GENERATOR.integers(0, 2**16, (20, 30), np.uint16)
    picture = read_picture(file_of(Image.fromarray(wide), format_name))
    np.testing.assert_array_equal(picture.samples[:, :, 0], wide)
    assert picture.bit_depth == 16


@pytest.mark.parametrize("format_name", ["JPEG", "TIFF"])
def test_cmyk_stays_cmyk(format_name: str) -> None:
    image = Image.fromarray(RGBA, "CMYK")
    data = file_of(image, format_name)
    picture = read_picture(data)
    with Image.open(io.BytesIO(data)) as decoded:
        np.testing.assert_array_equal(picture.samples, np.asarray(decoded))
    assert picture.channels == 4
    assert picture.alpha is None


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (Image.fromarray(GREY.astype(np.float32)), "floating-point"),
        (Image.fromarray(GREY.astype(np.int32)), "32 bits or with a sign"),
        (Image.fromarray(RGB).convert("LAB"), "CIELAB"),
    ],
)
def test_other_samples_are_refused_by_name(image: Image.Image, words: str) -> None:
    with pytest.raises(UnusableImage, match=words):
        read_picture(file_of(image, "TIFF"))


@pytest.mark.parametrize("format_name", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_the_profile_is_kept(format_name: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = read_picture(file_of(Image.fromarray(RGB), format_name, icc_profile=profile))
    assert picture.icc_profile == profile


def test_gamma_is_kept() -> None:
    file = png(1, 1, 8, 0, b"\0\x80", gAMA=struct.pack(">I", 100_000))
    assert read_picture(file).gamma == 1.0
    assert read_picture(png(1, 1, 8, 0, b"\0\x80")).gamma is None


def test_a_large_webp_canvas_is_refused_before_it_is_allocated() -> None:
    """Pillow's reader takes the canvas's memory, half a gigabyte here, when it opens the file."""
    body = bytes(4) + (16383).to_bytes(3, "little") * 2
    file = b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<I", 10) + body
    with pytest.raises(UnusableImage, match="more than the limit"):
        read_picture(file)


def test_photographs_and_scans_read_as_pillow_shows_them(shared: Path) -> None:
    for path in sorted((shared / "images" / "secrets").iterdir()):
        picture = read_picture(path)
        with Image.open(path) as image:
            if picture.bit_depth == 16:
                expected = np.asarray(image)[:, :, np.newaxis]
            else:
                expected = np.asarray(
                    image.convert({1: "L", 3: "RGB", 4: "CMYK"}[picture.channels])
                )
        np.testing.assert_array_equal(picture.samples, expected.reshape(picture.samples.shape))


def test_our_own_files_take_the_short_way_and_read_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    for picture in (Picture(RGB), Picture(RGB, RGBA[:, :, 3]), Picture(RGB.astype(np.uint16) * 9)):
        data = b"".join(encode_png(picture))
        short = read_picture(data)
        with monkeypatch.context() as patched:
            patched.setattr(
                "underpaint_common.pictures.decode.read_rows_filtered_up", lambda *_: None
            )
            long = read_picture(data)
        for one in (short, long):
            np.testing.assert_array_equal(one.samples, picture.samples)
