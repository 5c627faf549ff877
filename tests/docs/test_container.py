"""docs/container.md: its images, and an extractor that was written from it alone."""

from __future__ import annotations

import numpy as np
import pytest
from tests.docs import container_images as example
from tests.docs import naive_reveal

from underpaint_common.payload import Cost, Form, Mode, SecretFile, capacity, hide, reveal
from underpaint_common.pictures import Picture


def naively(picture: Picture, key: bytes) -> dict[str, object]:
    """Reveal with the extractor of the page."""
    samples = picture.samples
    if picture.alpha is not None:
        samples = samples[picture.alpha != 0]
    geometry = (picture.width, picture.height, picture.channels, picture.bit_depth)
    return naive_reveal.reveal(samples.reshape(-1).tolist(), geometry, key)


@pytest.mark.parametrize("mode", example.MODES)
def test_the_images_of_the_page_hold_the_secret_for_both(mode: Mode) -> None:
    picture = example.read(example.image_of(mode).read_bytes())
    found = naively(picture, example.KEY)
    assert found == {
        "form": 1,
        "media_type": "application/octet-stream",
        "name": "noise.bin",
        "data": example.SECRET,
    }
    revealed = reveal(picture, example.KEY)
    assert (revealed.data, revealed.mode, revealed.name) == (
        example.SECRET,
        mode.value,
        "noise.bin",
    )
    with pytest.raises(naive_reveal.Nothing):
        naively(picture, bytes(32))


@pytest.mark.parametrize("mode", [Mode.PLANES, Mode.CLASSIC])
def test_hiding_still_makes_the_very_same_images(mode: Mode) -> None:
    kept = example.read(example.image_of(mode).read_bytes())
    assert np.array_equal(example.stego(mode).samples, kept.samples)


def test_the_page_shows_what_is_in_them() -> None:
    assert example.page() == example.PAGE.read_text()


@pytest.mark.parametrize("share", [0.01, 0.4, 1.0, 1.7, 3.3, 7.3])
def test_the_extractor_agrees_over_several_blocks(share: float) -> None:
    rng = np.random.default_rng(int(100 * share))
    cover = Picture(rng.integers(0, 256, (260, 350, 3), dtype=np.uint8))
    secret = rng.bytes(int(share * (cover.samples.size - 640) / 8) - 600 * (share > 0.1))
    hidden = hide(cover, SecretFile("a", "x/y", secret), example.KEY, planes=8).picture
    assert naively(hidden, example.KEY)["data"] == secret


@pytest.mark.parametrize("share", [0.001, 0.05, 0.5, 1.0, 1.7, 4.2, 6.0])
@pytest.mark.parametrize("effort", [6, 8, 10, 12])
def test_the_extractor_agrees_on_adaptive(share: float, effort: int) -> None:
    rng = np.random.default_rng(int(1000 * share))
    side = 64 if effort > 8 else 128
    depth = 16 if effort == 6 else 8
    kind = np.uint16 if depth == 16 else np.uint8
    alpha = rng.integers(0, 5, (side, side)).astype(kind)
    cover = Picture(rng.integers(0, 2**depth, (side, side, 3)).astype(kind), alpha)
    room = max(row.bytes for row in capacity(cover) if row.mode is Mode.ADAPTIVE)
    secret = rng.bytes(int(share / 6 * room))
    hidden = hide(
        cover, SecretFile("a", "x/y", secret), example.KEY, mode=Mode.ADAPTIVE, effort=effort
    ).picture
    assert naively(hidden, example.KEY)["data"] == secret


def test_the_extractor_agrees_on_lanes_of_runs() -> None:
    rng = np.random.default_rng(3)
    cover = Picture(rng.integers(0, 256, (320, 310, 3), dtype=np.uint8))
    secret = rng.bytes(20_000)
    hidden = hide(
        cover, SecretFile("a", "x/y", secret), example.KEY, mode=Mode.ADAPTIVE, cost=Cost.FLAT
    ).picture
    assert naively(hidden, example.KEY)["data"] == secret


@pytest.mark.parametrize("planes", [1, 3, 4, 8])
@pytest.mark.parametrize("depth", [8, 16])
def test_the_extractor_agrees_on_classic_grey_and_transparent(planes: int, depth: int) -> None:
    rng = np.random.default_rng(planes)
    kind = np.uint8 if depth == 8 else np.uint16
    alpha = rng.integers(0, 2, (60, 80)).astype(kind)
    cover = Picture(rng.integers(0, 2**depth, (60, 80, 1)).astype(kind), alpha)
    secret = SecretFile("ünïcode.txt", "text/plain", b"again and again " * 20)
    hidden = hide(
        cover, secret, example.KEY, mode=Mode.CLASSIC, planes=planes, form=Form.FILE
    ).picture
    found = naively(hidden, example.KEY)
    assert (found["data"], found["name"]) == (secret.data, secret.name)
