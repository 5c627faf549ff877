"""The half of a push that needs no network."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from underpaint_client import reveal
from underpaint_client.prepare import prepare
from underpaint_common.errors import UnusableImage, UsageError
from underpaint_common.pictures import Limits, read_picture

KEY = bytes(range(32))


def test_what_is_prepared_can_be_revealed_and_is_digested(cover: Path, secret: Path) -> None:
    made = prepare(secret, cover, KEY)
    assert reveal(made.stego, key=KEY).data == secret.read_bytes()
    assert made.stego_sha256 == hashlib.sha256(made.stego).digest()
    assert made.secret_sha256 == hashlib.sha256(secret.read_bytes()).digest()


def test_every_preparation_is_another_upload(cover: Path, secret: Path) -> None:
    first, second = prepare(secret, cover, KEY), prepare(secret, cover, KEY)
    assert len(first.upload_id) == 16
    assert first.upload_id != second.upload_id
    assert first.stego != second.stego


def test_pixels_are_coded_anew_on_arrival_and_promise_no_digest(cover: Path, secret: Path) -> None:
    made = prepare(secret, cover, KEY, mode="classic", name="other.png")
    assert made.secret_sha256 is None
    assert reveal(made.stego, key=KEY).name == "other.png"


def test_the_form_is_the_one_asked_for(cover: Path, tmp_path: Path) -> None:
    flat = tmp_path / "flat.bmp"
    Image.new("RGB", (60, 40), "orange").save(flat)
    for form in ("file", "compact", "pixels"):
        made = prepare(flat, cover, KEY, form=form)
        assert made.report.form == form
        found = reveal(made.stego, key=KEY)
        assert np.array_equal(found.array, read_picture(flat).samples)
    with pytest.raises(UsageError, match="no form 'tiny'"):
        prepare(flat, cover, KEY, form="tiny")


def test_a_cmyk_cover_travels_as_tiff(secret: Path, tmp_path: Path) -> None:
    inks = np.random.default_rng(0).integers(40, 200, (90, 120, 4), dtype=np.uint8)
    Image.fromarray(inks, "CMYK").save(tmp_path / "print.tif")
    made = prepare(secret, tmp_path / "print.tif", KEY)
    assert read_picture(made.stego).source_format == "TIFF"
    assert reveal(made.stego, key=KEY).data == secret.read_bytes()


def test_what_reading_the_cover_changed_is_told(cover: Path, secret: Path, tmp_path: Path) -> None:
    with Image.open(cover) as image:
        image.quantize(64).save(tmp_path / "palette.png")
    assert prepare(secret, tmp_path / "palette.png", KEY).notices == ("palette turned into RGB",)
    assert prepare(secret, cover, KEY).notices == ()


def test_limits_hold_for_a_push(cover: Path, secret: Path) -> None:
    with pytest.raises(UnusableImage, match="pixels, more than the limit"):
        prepare(secret, cover, KEY, limits=Limits(max_pixels=1000))
