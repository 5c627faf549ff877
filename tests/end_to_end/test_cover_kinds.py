"""Covers of every kind and format: exact, and the stego image shows what the cover shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.end_to_end.cover_kinds import (
    HEIGHT,
    KEY_COLOUR,
    KINDS,
    NOTICED,
    WIDTH,
    animations,
    wide_alpha,
)
from tests.end_to_end.cover_kinds import values as made_of
from tests.end_to_end.looking import assert_keeps_profile_and_depth, assert_shows_the_same

from underpaint_client import hide, reveal
from underpaint_common.errors import UnusableImage, UsageError
from underpaint_common.pictures import OutputFormat, read_picture

pytestmark = pytest.mark.end_to_end

KEY = bytes(range(32))
SECRET = b"a secret of no great length"
ALL = [(kind, ending) for kind, files in KINDS.items() for ending in files]
WIDE_KEY = ("16-bit with alpha", "key.png")  # Pillow compares such a key with 8 of the 16 bits


@pytest.fixture
def made(tmp_path: Path, kind: str, ending: str) -> Path:
    path = tmp_path / f"cover.{ending}"
    KINDS[kind][ending](path)
    return path


@pytest.mark.parametrize(("kind", "ending"), [each for each in ALL if each != WIDE_KEY])
def test_the_stego_image_shows_what_the_cover_shows(made: Path, kind: str, tmp_path: Path) -> None:
    stego = tmp_path / ("stego.tiff" if kind == "CMYK" else "stego.png")
    before = made.read_bytes()
    hidden = hide(SECRET, made, key=KEY, output=stego)
    assert reveal(stego, key=KEY).data == SECRET
    assert made.read_bytes() == before
    assert_shows_the_same(stego, made, hidden.report.planes)
    assert_keeps_profile_and_depth(stego, made)
    turned = kind == "rotated" and made.name != "cover.3.jpg"
    size = (hidden.picture.width, hidden.picture.height)
    assert size == ((HEIGHT, WIDTH) if turned else (WIDTH, HEIGHT))
    if kind in NOTICED:
        assert any(NOTICED[kind] in notice for notice in hidden.notices)
    else:
        assert hidden.notices == ()


@pytest.mark.parametrize(("kind", "ending"), ALL)
def test_every_output_keeps_the_secret_or_is_refused(made: Path, tmp_path: Path) -> None:
    kept = set()
    for output in OutputFormat:
        stego = tmp_path / f"stego.{output}"
        try:
            hidden = hide(SECRET, made, key=KEY, output=stego)
        except UsageError:
            assert not stego.exists()
            continue
        kept.add(output)
        assert reveal(stego, key=KEY).data == SECRET
        assert np.array_equal(read_picture(stego).samples, hidden.picture.samples)
    assert kept & {OutputFormat.PNG, OutputFormat.TIFF}


@pytest.mark.parametrize("planes", [1, 4, 8])
@pytest.mark.parametrize(("kind", "ending"), [("16-bit RGB", each) for each in KINDS["16-bit RGB"]])
def test_sixteen_bits_are_all_there(made: Path, planes: int) -> None:
    cover = made_of(3, 16)
    secret = np.random.default_rng(0).bytes((WIDTH * HEIGHT * 3 - 1000) // 8 * planes - 500)
    hidden = hide(secret, made, key=KEY, mode="planes", planes=planes)
    moved = np.abs(hidden.picture.samples.astype(np.int32) - cover)
    inside = (cover >= 1 << planes) & (cover < (1 << 16) - (1 << planes))
    assert 0 < moved[inside].max() <= 1 << (planes - 1)
    assert moved.max() < 1 << planes
    assert hidden.report.psnr_db > 98 - 6.1 * planes


@pytest.mark.parametrize(
    ("kind", "ending", "channels"),
    [("16-bit with alpha", "grey.png", 2), ("16-bit with alpha", "png", 4)],
)
def test_sixteen_bit_alpha_is_untouched(made: Path, channels: int, tmp_path: Path) -> None:
    cover = wide_alpha(channels)
    hide(SECRET, made, key=KEY, output=tmp_path / "stego.png")
    stego = read_picture(tmp_path / "stego.png")
    assert stego.alpha is not None
    assert np.array_equal(stego.alpha, cover[..., -1])
    unseen = cover[..., -1] == 0
    assert np.array_equal(stego.samples[unseen], cover[..., :-1][unseen])
    # Mode adaptive takes two steps at once where a code wants both bits, once in many images.
    assert 1 <= np.abs(stego.samples.astype(np.int32) - cover[..., :-1]).max() <= 2


def test_a_sixteen_bit_colour_key_becomes_alpha(tmp_path: Path) -> None:
    KINDS[WIDE_KEY[0]][WIDE_KEY[1]](tmp_path / "cover.png")
    hidden = hide(SECRET, tmp_path / "cover.png", key=KEY, output=tmp_path / "stego.png")
    assert hidden.notices == ("transparent colour turned into alpha",)
    stego = read_picture(tmp_path / "stego.png")
    assert stego.alpha is not None
    assert stego.bit_depth == 16
    unseen = stego.alpha == 0
    assert np.count_nonzero(unseen) == 30 * 30
    assert (stego.samples[unseen] == KEY_COLOUR).all()
    assert (stego.alpha[~unseen] == 65535).all()


@pytest.mark.parametrize("ending", list(animations()))
def test_animations_are_refused_in_a_sentence(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"moving.{ending}"
    animations()[ending](path)
    for attempt in (
        lambda: hide(SECRET, path, key=KEY),
        lambda: reveal(path, key=KEY),
        lambda: hide(path, made_of(3), key=KEY, form="pixels"),
    ):
        with pytest.raises(UnusableImage) as caught:
            attempt()
        message = caught.value.message
        assert "animation" in message or "several pages" in message
        assert "\n" not in message
        assert not message.endswith(".")
    hidden = hide(path, np.tile(made_of(3), (5, 5, 1)), key=KEY)
    assert reveal(hidden.array, key=KEY).data == path.read_bytes()
