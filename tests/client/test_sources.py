"""Everything that can be handed in as a picture or as a secret."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from underpaint_client.sources import array_of, picture_of, secret_of
from underpaint_common.errors import LocalFileError, UnusableImage
from underpaint_common.payload import SecretFile


@st.composite
def arrays(draw: st.DrawFn) -> NDArray[np.uint8 | np.uint16]:
    height, width = draw(st.tuples(st.integers(1, 9), st.integers(1, 9)))
    channels = draw(st.sampled_from([None, 2, 3, 4]))
    shape = (height, width) if channels is None else (height, width, channels)
    kind = draw(st.sampled_from([np.uint8, np.uint16]))
    seed = draw(st.integers(0, 2**32 - 1))
    drawn = np.random.default_rng(seed).integers(0, np.iinfo(kind).max, shape, endpoint=True)
    return drawn.astype(kind)


@given(arrays())
def test_arrays_become_pictures_and_arrays_again(array: NDArray[np.uint8 | np.uint16]) -> None:
    again = array_of(picture_of(array))
    assert again.dtype == array.dtype
    assert np.array_equal(again, array)


@given(arrays())
def test_an_array_as_secret_is_a_png_of_the_same_pixels(
    array: NDArray[np.uint8 | np.uint16],
) -> None:
    secret = secret_of(array)
    assert (secret.name, secret.media_type) == ("secret.png", "image/png")
    assume(array.dtype == np.uint8 or array.ndim == 2)  # wider ones cannot be read again yet
    assert np.array_equal(array_of(picture_of(secret.data)), array)


def test_the_name_that_travels_is_text(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"a\xff\xfe.txt")
    path.write_bytes(b"words")
    secret = secret_of(path)
    assert (secret.name, secret.data) == ("a??.txt", b"words")
    assert secret_of(b"words", name=path.name) == secret
    assert SecretFile(path.name, "text/plain", b"words") == secret


@pytest.mark.parametrize("shape", [(3,), (2, 2, 5), (2, 2, 3, 1)])
def test_other_shapes_are_no_images(shape: tuple[int, ...]) -> None:
    with pytest.raises(UnusableImage):
        picture_of(np.zeros(shape, dtype=np.uint8))


def test_path_bytes_and_pillow_give_the_same_picture(cover: Path) -> None:
    expected = array_of(picture_of(cover))
    assert np.array_equal(array_of(picture_of(str(cover))), expected)
    assert np.array_equal(array_of(picture_of(cover.read_bytes())), expected)
    with Image.open(cover) as image:
        assert np.array_equal(array_of(picture_of(image)), expected)


def test_a_secret_file_is_kept_to_the_last_bit(secret: Path) -> None:
    taken = secret_of(secret)
    assert taken.data == secret.read_bytes()
    assert (taken.name, taken.media_type) == ("secret.png", "image/png")
    assert secret_of(secret, name="other.png").name == "other.png"


def test_nameless_bytes_get_a_name_by_their_kind(secret: Path) -> None:
    assert secret_of(secret.read_bytes()).name == "secret.png"
    jpeg = io.BytesIO()
    Image.new("RGB", (8, 8)).save(jpeg, "JPEG")
    assert secret_of(jpeg.getvalue()).media_type == "image/jpeg"


def test_a_text_called_png_is_not_a_secret(tmp_path: Path) -> None:
    path = tmp_path / "notes.png"
    path.write_text("these are only words")
    with pytest.raises(UnusableImage, match=r"notes\.png is not an image"):
        secret_of(path)


@pytest.mark.parametrize("name", ["drawing.svg", "photo.heic", "notes.txt", "README"])
def test_kinds_that_cannot_be_checked_are_taken_as_they_are(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"some bytes")
    assert secret_of(tmp_path / name).data == b"some bytes"


def test_an_empty_file_and_a_missing_one_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    with pytest.raises(UnusableImage, match="empty"):
        secret_of(tmp_path / "empty.png")
    with pytest.raises(LocalFileError):
        secret_of(tmp_path / "missing.png")
