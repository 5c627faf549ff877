"""Whatever comes in, a picture or one of our errors goes out, whole and quietly."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from underpaint_common.errors import LocalFileError, UnusableImage
from underpaint_common.pictures import (
    Limits,
    OutputFormat,
    Picture,
    Size,
    encode,
    measure_picture,
    read_picture,
)

PHOTO = np.random.default_rng(6).integers(0, 256, (40, 50, 3), np.uint8)


def saved(format_name: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(PHOTO).save(file, format_name, **options)
    return file.getvalue()


def ours(file_format: OutputFormat) -> bytes:
    return b"".join(encode(Picture(PHOTO), file_format))


FILES: dict[str, Callable[[], bytes]] = {
    "png": lambda: saved("PNG"),
    "png by us": lambda: ours(OutputFormat.PNG),
    "jpeg": lambda: saved("JPEG"),
    "webp": lambda: saved("WEBP", lossless=True),
    "bmp": lambda: saved("BMP"),
    "tiff": lambda: saved("TIFF"),
    "tiff, deflated": lambda: saved("TIFF", compression="tiff_adobe_deflate"),
    "tiff by us": lambda: ours(OutputFormat.TIFF),
    "ppm": lambda: saved("PPM"),
    "gif": lambda: saved("GIF"),
}


@pytest.mark.parametrize("kind", FILES)
def test_the_header_tells_the_size(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "picture"
    path.write_bytes(FILES[kind]())
    assert measure_picture(path) == Size(*read_picture(path).samples.shape, bit_depth=8)
    assert measure_picture(path).samples == 40 * 50 * 3
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(UnusableImage):
        measure_picture(path)
    with pytest.raises(UnusableImage, match="limit"):
        measure_picture(path, limits=Limits(max_file_bytes=10))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_the_header_tells_channels_and_depth(tmp_path: Path, mode: str) -> None:
    image = Image.new("I;16", (9, 7)) if mode == "I;16" else Image.new("RGB", (9, 7)).convert(mode)
    path = tmp_path / ("picture.tiff" if mode == "CMYK" else "picture.png")
    image.save(path)
    picture = read_picture(path)
    assert measure_picture(path) == Size(*picture.samples.shape, picture.bit_depth)


@pytest.mark.parametrize("kind", FILES)
def test_every_source_reads_alike(tmp_path: Path, kind: str) -> None:
    data = FILES[kind]()
    path = tmp_path / "no suffix"
    path.write_bytes(data)
    pictures = [
        read_picture(path),
        read_picture(str(path)),
        read_picture(data),
        read_picture(bytearray(data)),
        read_picture(memoryview(data)),
        read_picture(io.BytesIO(data)),
    ]
    for picture in pictures:
        np.testing.assert_array_equal(picture.samples, pictures[0].samples)
        assert picture.samples.shape == PHOTO.shape
    if kind not in ("jpeg", "gif"):
        np.testing.assert_array_equal(pictures[0].samples, PHOTO)


@pytest.mark.parametrize("kind", FILES)
def test_no_file_that_is_cut_short_gives_another_picture(kind: str) -> None:
    data = FILES[kind]()
    whole = read_picture(data).samples
    for length in np.linspace(0, len(data) - 1, 60).astype(int):
        try:
            cut = read_picture(data[:length]).samples
        except UnusableImage:
            continue
        # What lies behind the last sample, an end mark or a directory's rest, may be missing.
        np.testing.assert_array_equal(cut, whole)


@settings(deadline=None, max_examples=60)
@given(kind=st.sampled_from(sorted(FILES)), data=st.data())
def test_damaged_files_read_or_raise_our_error(kind: str, data: st.DataObject) -> None:
    file = bytearray(FILES[kind]())
    places = st.integers(0, min(len(file) - 1, 400)) | st.integers(0, len(file) - 1)
    for at in data.draw(st.lists(places, min_size=1, max_size=6)):
        file[at] = data.draw(st.integers(0, 255))
    limits = Limits(max_pixels=10**6)
    try:
        picture = read_picture(file, limits=limits)
    except UnusableImage:
        return
    assert picture.width * picture.height <= limits.max_pixels


@given(data=st.binary(max_size=200))
@example(b"BM" + bytes(60))
@example(b"II*\0\xff\xff\xff\xff")
@example(b"\x89PNG\r\n\x1a\n")
@example(b"RIFF\x00\x00\x00\x00WEBPVP8 ")
def test_arbitrary_bytes_raise_our_error(data: bytes) -> None:
    with pytest.raises(UnusableImage):
        read_picture(data)


def test_text_named_png_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "cover.png"
    path.write_text("not an image")
    with pytest.raises(UnusableImage, match="not an image file") as caught:
        read_picture(path)
    assert caught.value.hint is not None
    path.write_bytes(b"")
    with pytest.raises(UnusableImage, match="empty"):
        read_picture(path)


def test_files_that_cannot_be_opened_are_local_errors(tmp_path: Path) -> None:
    with pytest.raises(LocalFileError, match="no such file"):
        read_picture(tmp_path / "missing.png")
    with pytest.raises(LocalFileError, match="is a directory"):
        read_picture(tmp_path)


def test_a_pipe_is_read_like_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(ours(OutputFormat.PNG),))
    writer.start()
    picture = read_picture(pipe)
    writer.join()
    np.testing.assert_array_equal(picture.samples, PHOTO)


@pytest.mark.parametrize("kind", FILES)
def test_limits_are_checked_on_the_header(kind: str) -> None:
    data = FILES[kind]()
    with pytest.raises(UnusableImage, match="pixels, more than the limit"):
        read_picture(data, limits=Limits(max_pixels=40 * 50 - 1))
    with pytest.raises(UnusableImage, match="bytes when decoded"):
        read_picture(data, limits=Limits(max_inflated_bytes=40 * 50 - 1))
    with pytest.raises(UnusableImage, match="bytes, more than the limit"):
        read_picture(data, limits=Limits(max_file_bytes=len(data) - 1))
    read_picture(data, limits=Limits(max_pixels=40 * 50, max_file_bytes=len(data)))


@pytest.mark.parametrize("format_name", ["PNG", "JPEG", "BMP"])
def test_pillows_own_limit_is_no_limit_of_ours(
    monkeypatch: pytest.MonkeyPatch, format_name: str
) -> None:
    file = io.BytesIO()
    Image.fromarray(np.zeros((1600, 1600, 3), np.uint8)).save(file, format_name)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1_200_000)
    assert read_picture(file.getvalue()).samples.shape == (1600, 1600, 3)
    assert Image.MAX_IMAGE_PIXELS == 1_200_000


@pytest.mark.parametrize("format_name", ["WEBP", "TIFF"])
def test_where_pillows_limit_cannot_be_avoided_it_is_told(
    monkeypatch: pytest.MonkeyPatch, format_name: str
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 500)
    with pytest.raises(UnusableImage, match="of so many pixels cannot be read"):
        read_picture(saved(format_name))


def test_running_out_of_memory_is_an_unusable_image(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("underpaint_common.pictures.reading.decode", no_memory)
    with pytest.raises(UnusableImage, match="more memory"):
        read_picture(ours(OutputFormat.PNG))


@pytest.mark.parametrize("format_name", ["PNG", "WEBP", "GIF"])
def test_animations_are_refused_in_one_sentence(format_name: str) -> None:
    frames = [Image.fromarray(PHOTO), Image.fromarray(255 - PHOTO)]
    file = io.BytesIO()
    frames[0].save(file, format_name, save_all=True, append_images=frames[1:])
    with pytest.raises(UnusableImage, match="an animation cannot be used"):
        read_picture(file.getvalue())


def test_pages_are_refused_in_one_sentence() -> None:
    page = Image.fromarray(PHOTO)
    file = io.BytesIO()
    page.save(file, "TIFF", save_all=True, append_images=[page])
    with pytest.raises(UnusableImage, match="several pages"):
        read_picture(file.getvalue())


def test_strange_files_say_nothing_on_the_screen(capfd: pytest.CaptureFixture[str]) -> None:
    """Pillow warns, logs, and its libtiff prints: none of it may reach a user."""
    broken = bytearray(saved("TIFF", compression="tiff_adobe_deflate"))
    broken[20:40] = bytes(20)
    read_or_not(bytes(broken))
    read_or_not(saved("TIFF")[:-20])
    assert capfd.readouterr() == ("", "")


def read_or_not(data: bytes) -> None:
    try:
        read_picture(data)
    except UnusableImage:
        return
