"""Hide and reveal: exact on every kind of picture, measured, and never a wrong secret."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from underpaint_common import payload
from underpaint_common.errors import Damaged, DoesNotFit, NothingFound, UsageError
from underpaint_common.payload import Form, Mode, SecretFile
from underpaint_common.pictures import encode, picture_from_array, read_picture
from underpaint_common.stego import quality

KEY = bytes(range(32))
MODES = st.sampled_from([Mode.AUTO, Mode.PLANES, Mode.ADAPTIVE])


@settings(deadline=None, max_examples=60)
@given(
    height=st.integers(20, 70),
    width=st.integers(40, 90),
    channels=st.sampled_from([1, 3]),
    depth=st.sampled_from([8, 16]),
    holes=st.sampled_from([-1.0, 0.0, 0.3]),
    planes=st.integers(1, 8),
    size=st.integers(0, 600),
    mode=MODES,
)
def test_a_secret_comes_back_exactly_or_is_said_not_to_fit(
    cover, secret, height, width, channels, depth, holes, planes, size, mode
):
    picture, hidden_file = cover(height, width, channels, depth, holes=holes), secret(size)
    before = picture.samples.copy()
    try:
        hidden = payload.hide(picture, hidden_file, KEY, mode=mode, planes=planes)
    except DoesNotFit:
        rows = payload.capacity(picture)
        named = Mode.ADAPTIVE if mode is Mode.ADAPTIVE else Mode.PLANES
        promised = max(row.bytes for row in rows if row.mode is named and row.planes <= planes)
        assert size > promised or promised == 0
        return
    assert np.array_equal(picture.samples, before)
    revealed = payload.reveal(hidden.picture, KEY)
    assert (revealed.data, revealed.name) == (hidden_file.data, hidden_file.name)
    assert revealed.media_type == hidden_file.media_type
    assert hidden.picture.samples.dtype == before.dtype
    if picture.alpha is not None:
        assert np.array_equal(hidden.picture.alpha, picture.alpha)
        unseen = picture.alpha == 0
        assert np.array_equal(hidden.picture.samples[unseen], before[unseen])


@pytest.mark.parametrize(
    ("mode", "planes"),
    [(mode, planes) for mode in (Mode.PLANES, Mode.CLASSIC) for planes in range(1, 9)]
    + [(Mode.ADAPTIVE, planes) for planes in range(1, 7)],
)
@pytest.mark.parametrize("channels", [1, 3])
def test_what_capacity_promises_fits(cover, mode, channels, planes):
    picture = cover(64, 64, channels)
    row = next(row for row in payload.capacity(picture) if (row.mode, row.planes) == (mode, planes))
    name = "n" * 300 + ".bin"
    data = np.random.default_rng(1).bytes(row.bytes)
    file = SecretFile(name, "application/octet-stream", data)
    options = {"mode": mode, "planes": planes, "form": Form.FILE}
    hidden = payload.hide(picture, file, KEY, **options)
    assert payload.reveal(hidden.picture, KEY).data == data
    too_much = SecretFile("", "", np.random.default_rng(1).bytes(row.bytes + 500))
    with pytest.raises(DoesNotFit):
        payload.hide(picture, too_much, KEY, **options)


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize(("channels", "holes"), [(1, -1.0), (3, -1.0), (3, 0.5)])
def test_classic_brings_back_the_pixels_in_at_most_half_the_samples(cover, depth, channels, holes):
    secret_picture = cover(30, 31, channels, depth, holes=holes)
    values = secret_picture.samples.size + (0 if holes < 0 else 30 * 31)
    carrier = cover(1, 2 * values * depth // 8 + 1600, 1)
    file = SecretFile("scan.tif", "image/tiff", b"".join(encode(secret_picture)))
    hidden = payload.hide(carrier, file, KEY, mode=Mode.CLASSIC)
    assert hidden.report.planes == 4
    revealed = payload.reveal(hidden.picture, KEY)
    back = read_picture(revealed.data)
    assert (revealed.name, revealed.media_type) == ("scan.png", "image/png")
    assert back.bit_depth == depth
    assert np.array_equal(back.samples, secret_picture.samples)
    if holes >= 0:
        assert np.array_equal(back.alpha, secret_picture.alpha)


@pytest.mark.parametrize("planes", [None, 2])
def test_not_fitting_adaptive_says_what_would_do(cover, secret, planes):
    with pytest.raises(DoesNotFit) as caught:
        payload.hide(cover(60, 60), secret(9000), KEY, mode=Mode.ADAPTIVE, planes=planes)
    megapixels = float(str(caught.value.hint).split("at least ")[1].split()[0])
    side = int((megapixels * 1e6) ** 0.5) + 2
    payload.hide(cover(side, side), secret(9000), KEY, mode=Mode.ADAPTIVE, planes=planes)


@pytest.mark.parametrize("effort", [0, 7, 14])
def test_impossible_effort_is_wrong_usage(cover, secret, effort):
    with pytest.raises(UsageError, match="6, 8, 10, 12"):
        payload.hide(cover(), secret(), KEY, mode=Mode.ADAPTIVE, effort=effort)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 2**32), changes=st.integers(1, 60), mode=st.sampled_from(Mode))
def test_a_changed_stego_image_never_gives_a_wrong_secret(cover, secret, seed, changes, mode):
    file = secret(500)
    hidden = payload.hide(cover(), file, KEY, mode=mode, form=Form.FILE)
    rng = np.random.default_rng(seed)
    samples = hidden.picture.samples.copy().reshape(-1)
    samples[rng.choice(samples.size, changes, replace=False)] ^= rng.integers(
        1, 256, changes, np.uint8
    )
    changed = dataclasses.replace(
        hidden.picture, samples=samples.reshape(hidden.picture.samples.shape)
    )
    try:
        revealed = payload.reveal(changed, KEY)
    except (NothingFound, Damaged):
        return
    assert revealed.data == file.data


def test_damage_to_the_body_is_told_from_nothing_at_all(cover, secret):
    picture = cover(100, 100)
    hidden = payload.hide(picture, secret(3000), KEY)
    changed = hidden.picture.samples.copy()
    moved = np.argwhere(changed != picture.samples)
    outcomes = set()
    for place in moved[:200:10]:
        broken = changed.copy()
        broken[tuple(place)] ^= 1
        with pytest.raises((NothingFound, Damaged)) as caught:
            payload.reveal(dataclasses.replace(hidden.picture, samples=broken), KEY)
        outcomes.add(type(caught.value))
    assert Damaged in outcomes


def test_wrong_key_and_untouched_cover_look_alike(cover, secret):
    hidden = payload.hide(cover(), secret(), KEY)
    messages = set()
    for picture, key in ((hidden.picture, bytes(32)), (cover(), KEY), (cover(), bytes(32))):
        with pytest.raises(NothingFound) as caught:
            payload.reveal(picture, key)
        messages.add((caught.value.message, caught.value.hint))
    assert len(messages) == 1


@pytest.mark.parametrize(("height", "width"), [(1, 1), (8, 8), (16, 40), (1, 641)])
def test_pictures_too_small_for_a_header_are_empty_and_hold_nothing(cover, secret, height, width):
    picture = cover(height, width, 1)
    assert all(row.bytes == 0 for row in payload.capacity(picture))
    with pytest.raises(NothingFound):
        payload.reveal(picture, KEY)
    with pytest.raises(DoesNotFit):
        payload.hide(picture, secret(1), KEY)


def test_not_fitting_says_what_would_do(cover, secret):
    with pytest.raises(DoesNotFit, match="1 bit plane") as caught:
        payload.hide(cover(100, 100), secret(8000), KEY, planes=1)
    assert "--planes 3" in str(caught.value.hint)
    payload.hide(cover(100, 100), secret(8000), KEY, planes=3)
    with pytest.raises(DoesNotFit) as caught:
        payload.hide(cover(100, 100), secret(40_000), KEY)
    megapixels = float(str(caught.value.hint).split("at least ")[1].split()[0])
    side = int((megapixels * 1e6) ** 0.5) + 2
    payload.hide(cover(side, side), secret(40_000), KEY)


def test_the_report_is_what_was_measured(cover, secret):
    picture = cover(120, 120)
    hidden = payload.hide(picture, secret(2000), KEY, mode=Mode.PLANES)
    report = hidden.report
    differ = hidden.picture.samples != picture.samples
    error = (hidden.picture.samples.astype(float) - picture.samples) ** 2
    assert report.change_rate == pytest.approx(differ.mean())
    assert report.psnr_db == pytest.approx(10 * np.log10(255**2 / error.mean()))
    assert report.psnr_db == pytest.approx(quality.psnr(picture.samples, hidden.picture.samples))
    assert (report.mode, report.form, report.planes) == ("planes", "file", 1)
    assert 2000 < report.payload_bytes <= 2200 < report.capacity_bytes


def test_one_plane_does_not_show_where_the_cover_is_black(secret):
    rng = np.random.default_rng(7)
    slopes = np.add.outer(np.linspace(-8, 160, 200), np.linspace(-8, 80, 300))[:, :, None]
    samples = (slopes + rng.normal(0, 2, (200, 300, 3))).clip(0, 255).astype(np.uint8)
    hidden = payload.hide(picture_from_array(samples), secret(9000), KEY, mode=Mode.PLANES)
    assert hidden.report.planes == 1
    step = hidden.picture.samples.astype(np.int16) - samples
    assert np.abs(step).max() == 1
    within = np.where(samples & 1, -step, step)[samples > 0].sum()
    # Steps from 0 go up, within their pair: others make up for them.
    assert within < -0.5 * np.count_nonzero(step[samples == 0])


def test_no_two_stego_images_of_one_cover_change_the_same_samples(cover, secret):
    one, other = (payload.hide(cover(200, 200), secret(), KEY).picture.samples for _ in range(2))
    plain = cover(200, 200).samples
    both = np.count_nonzero((one != plain) & (other != plain))
    either = np.count_nonzero((one != plain) | (other != plain))
    assert both < 0.1 * either


@pytest.mark.parametrize("planes", [0, 9, -1])
def test_impossible_planes_are_wrong_usage(cover, secret, planes):
    with pytest.raises(UsageError, match="1 to 8"):
        payload.hide(cover(), secret(), KEY, planes=planes)


def test_a_png_between_hiding_and_revealing_changes_nothing(cover, secret):
    hidden = payload.hide(cover(90, 70, 3, holes=0.2), secret(900), KEY)
    back = read_picture(b"".join(encode(hidden.picture)))
    assert payload.reveal(back, KEY).data == secret(900).data


def test_arrays_of_noise_hold_nothing():
    rng = np.random.default_rng(3)
    for _ in range(50):
        noise = picture_from_array(rng.integers(0, 256, (40, 40, 3), np.uint8))
        with pytest.raises(NothingFound):
            payload.reveal(noise, KEY)
