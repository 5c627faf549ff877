"""Hide and reveal as a library."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

import underpaint_client
from underpaint_client import hide, reveal
from underpaint_common.errors import (
    Damaged,
    DoesNotFit,
    LocalFileError,
    NothingFound,
    UnusableImage,
    UsageError,
)

KEY = bytes(range(32))


@given(
    data=st.binary(min_size=1, max_size=5000),
    key=st.binary(min_size=32, max_size=32),
    mode=st.sampled_from(["auto", "planes"]),
    dtype=st.sampled_from([np.uint8, np.uint16]),
    channels=st.sampled_from([None, 2, 3, 4]),
)
@settings(max_examples=40, deadline=None)
def test_what_is_hidden_is_revealed(
    data: bytes, key: bytes, mode: str, dtype: type, channels: int | None
) -> None:
    shape = (90, 110) if channels is None else (90, 110, channels)
    top = np.iinfo(dtype).max
    cover = np.random.default_rng(len(data)).integers(0, top, shape, endpoint=True).astype(dtype)
    if channels in (2, 4):
        cover[..., -1] = top
    hidden = hide(data, cover, key=key, mode=mode)
    assert hidden.array.shape == cover.shape
    assert hidden.array.dtype == cover.dtype
    found = reveal(hidden.array, key=key)
    assert found.data == data
    expected = "adaptive" if mode == "auto" else mode
    assert found.mode == hidden.report.mode == expected


@pytest.mark.parametrize("mode", ["classic", "planes"])
def test_an_array_comes_back_pixel_exact(cover_samples: NDArray[np.uint8], mode: str) -> None:
    secret = np.random.default_rng(1).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    hidden = hide(secret, cover_samples, key=KEY, mode=mode)
    assert np.array_equal(reveal(hidden.array, key=KEY).array, secret)
    assert np.array_equal(reveal(hidden.image, key=KEY).array, secret)


def test_files_with_a_passphrase(cover: Path, secret: Path, tmp_path: Path) -> None:
    words = "seven words that nobody else would choose"
    before = cover.read_bytes()
    hidden = hide(secret, cover, passphrase=words, output=tmp_path / "stego.png")
    assert hidden.output == tmp_path / "stego.png"
    found = reveal(tmp_path / "stego.png", passphrase=words, output=tmp_path / "again.png")
    assert (tmp_path / "again.png").read_bytes() == secret.read_bytes() == found.data
    assert found.name == "secret.png"
    assert cover.read_bytes() == before


def test_the_chunks_of_a_stego_image_are_its_file(cover: Path, secret: Path) -> None:
    hidden = hide(secret, cover, key=KEY)
    assert reveal(b"".join(hidden.encoded()), key=KEY).data == secret.read_bytes()


def test_another_key_finds_nothing(cover: Path, secret: Path) -> None:
    hidden = hide(secret, cover, key=KEY)
    with pytest.raises(NothingFound):
        reveal(hidden.array, key=KEY[::-1])
    with pytest.raises(NothingFound):
        reveal(cover, key=KEY)


def test_a_failed_reveal_writes_nothing(cover: Path, secret: Path, tmp_path: Path) -> None:
    hidden = hide(secret, cover, key=KEY)
    tampered = hidden.array.copy()
    tampered[100:110] ^= np.uint8(1)
    with pytest.raises((Damaged, NothingFound)):
        reveal(tampered, key=KEY, output=tmp_path / "out.png")
    assert not (tmp_path / "out.png").exists()


def test_a_small_cover_is_refused_with_a_way_out(cover_samples: NDArray[np.uint8]) -> None:
    with pytest.raises(DoesNotFit) as caught:
        hide(np.random.default_rng(0).bytes(100_000), cover_samples[:40, :40], key=KEY)
    assert any(c.isdigit() for c in f"{caught.value.message} {caught.value.hint}")


@pytest.mark.parametrize(
    "keys", [{}, {"key": KEY, "passphrase": "both"}, {"key": b"short"}, {"passphrase": ""}]
)
def test_one_good_key_is_wanted(cover: Path, secret: Path, keys: dict[str, str | bytes]) -> None:
    with pytest.raises(UsageError):
        hide(secret, cover, **keys)


def test_a_mode_that_does_not_exist_is_a_usage_error(cover: Path, secret: Path) -> None:
    with pytest.raises(UsageError, match="no mode"):
        hide(secret, cover, key=KEY, mode="invisible")


@pytest.mark.parametrize("name", ["stego.jpg", "stego.jpeg", "stego", "stego.gif"])
def test_an_output_that_would_lose_the_payload_is_refused(
    cover: Path, secret: Path, tmp_path: Path, name: str
) -> None:
    with pytest.raises(UsageError):
        hide(secret, cover, key=KEY, output=tmp_path / name)
    assert not (tmp_path / name).exists()


def test_the_cover_is_never_overwritten(cover: Path, secret: Path) -> None:
    before = cover.read_bytes()
    with pytest.raises(UsageError, match="never overwritten"):
        hide(secret, cover, key=KEY, output=cover, overwrite=True)
    assert cover.read_bytes() == before


def test_an_existing_output_needs_overwrite(cover: Path, secret: Path, tmp_path: Path) -> None:
    target = tmp_path / "stego.png"
    target.write_bytes(b"precious")
    with pytest.raises(LocalFileError):
        hide(secret, cover, key=KEY, output=target)
    assert target.read_bytes() == b"precious"
    hide(secret, cover, key=KEY, output=target, overwrite=True)
    assert reveal(target, key=KEY).data == secret.read_bytes()


def test_a_text_as_cover_is_no_image(secret: Path) -> None:
    with pytest.raises(UnusableImage):
        hide(secret, b"these are only words", key=KEY)


def test_pillow_images_on_both_sides(cover: Path) -> None:
    picture = Image.linear_gradient("L").resize((40, 40))
    with Image.open(cover) as image:
        hidden = hide(picture, image, key=KEY)
    assert np.array_equal(np.asarray(reveal(hidden.image, key=KEY).image), np.asarray(picture))


def test_every_exported_name_is_there() -> None:
    for name in underpaint_client.__all__:
        assert getattr(underpaint_client, name) is not None
    with pytest.raises(AttributeError):
        underpaint_client.nothing_of_this_name  # noqa: B018 - the attribute access is the test
