"""The form compact: every pixel kept, never larger than the file, the file where that is better."""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest
from PIL import Image

from underpaint_common import payload
from underpaint_common.errors import UnusableImage
from underpaint_common.payload import Form, SecretFile
from underpaint_common.payload.compact import compact_of, png_of_compact
from underpaint_common.payload.contents import Contents, encode_contents
from underpaint_common.pictures import Limits, encode, picture_from_array, read_picture

LIMITS = Limits()


def drawing(channels: int = 3, alpha: bool = False, depth: int = 8) -> np.ndarray:
    """Return a smooth picture with a little noise, which coders can make less of."""
    y, x = np.mgrid[0:120, 0:160]
    rng = np.random.default_rng(channels)
    planes = [(x * 3 + y * (c + 1)) % 256 for c in range(channels + alpha)]
    values = np.dstack(planes) + rng.integers(0, 2, (120, 160, channels + alpha))
    values = values.clip(0, 255)
    return values.astype(np.uint8) if depth == 8 else (values * 200).astype(np.uint16)


def plain_file(array: np.ndarray) -> Contents:
    """Return the array as a poorly compressed PNG."""
    data = b"".join(encode(picture_from_array(array)))
    return Contents(Form.FILE, "scan.png", "image/png", data)


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize(("channels", "alpha"), [(1, False), (3, False), (1, True), (3, True)])
def test_pixels_come_back_exactly_and_smaller(channels, alpha, depth):
    array = drawing(channels, alpha, depth)
    if alpha:
        array[:40, :40, -1] = 0  # colour under full transparency must survive too
    file = plain_file(array)
    compact = compact_of(file, LIMITS)
    assert compact.form is Form.COMPACT
    assert len(encode_contents(compact)) < len(encode_contents(file))
    back = read_picture(png_of_compact(compact, LIMITS))
    original = read_picture(file.data)
    assert np.array_equal(back.samples, original.samples)
    assert back.bit_depth == depth
    if alpha:
        assert np.array_equal(back.alpha, original.alpha)


def test_a_jpeg_stays_the_file_it_is():
    file = io.BytesIO()
    Image.fromarray(drawing()).save(file, "JPEG", quality=80)
    jpeg = Contents(Form.FILE, "photo.jpg", "image/jpeg", file.getvalue())
    assert compact_of(jpeg, LIMITS) is jpeg


@pytest.mark.parametrize("data", [b"", b"no image", b"\x89PNG\r\n\x1a\n broken"])
def test_what_is_no_image_stays_the_file_it_is(data):
    file = Contents(Form.FILE, "x.png", "image/png", data)
    assert compact_of(file, LIMITS) is file


def test_through_a_cover_and_back(cover):
    file = plain_file(drawing())
    secret = SecretFile(file.name, file.media_type, file.data)
    hidden = payload.hide(cover(300, 300), secret, bytes(32), form=Form.COMPACT)
    assert hidden.report.form == "compact"
    revealed = payload.reveal(hidden.picture, bytes(32))
    assert (revealed.name, revealed.media_type) == ("scan.png", "image/png")
    assert np.array_equal(read_picture(revealed.data).samples, drawing())


def test_every_shared_secret_is_exact_and_never_larger(shared):
    for path in sorted((shared / "images" / "secrets").iterdir())[::3]:
        file = Contents(Form.FILE, path.name, "application/octet-stream", path.read_bytes())
        compact = compact_of(file, LIMITS)
        assert len(encode_contents(compact)) <= len(encode_contents(file)), path
        if compact.form is Form.COMPACT:
            back, original = (
                read_picture(data) for data in (png_of_compact(compact, LIMITS), file.data)
            )
            assert np.array_equal(back.samples, original.samples), path


@pytest.mark.parametrize("there", [True, False])
def test_jpeg_xl_is_taken_where_it_is_installed_and_smallest(monkeypatch, there):
    pytest.importorskip("pillow_jxl", reason="the jxl extra is not installed")
    monkeypatch.setattr("underpaint_common.payload.compact.jxl_is_there", lambda: there)
    y, x = np.mgrid[0:200, 0:200]
    rng = np.random.default_rng(4)
    waves = np.dstack([128 + 90 * np.sin(x / (20 + c)) * np.cos(y / 17) for c in range(3)])
    photograph = (waves + rng.normal(0, 3, waves.shape)).clip(0, 255).astype(np.uint8)
    compact = compact_of(plain_file(photograph), LIMITS)
    assert (compact.media_type == "image/jxl") is there
    back = read_picture(png_of_compact(compact, LIMITS))
    assert np.array_equal(back.samples, photograph)


def test_jpeg_xl_that_is_broken_or_cannot_be_read_says_so(monkeypatch):
    pytest.importorskip("pillow_jxl", reason="the jxl extra is not installed")
    broken = Contents(Form.COMPACT, "x.png", "image/jxl", b"\xff\x0a" + bytes(40))
    with pytest.raises(UnusableImage, match="broken"):
        png_of_compact(broken, LIMITS)
    monkeypatch.setitem(sys.modules, "pillow_jxl", None)
    with pytest.raises(UnusableImage, match="not installed"):
        png_of_compact(broken, LIMITS)
