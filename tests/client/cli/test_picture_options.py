"""Options about pictures: form, format, metadata and limits, and what is told about a cover."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
from PIL import Image

from underpaint_client.cli import options
from underpaint_client.cli.hide import hide
from underpaint_common.errors import ExitCode
from underpaint_common.payload import Form
from underpaint_common.pictures import Limits, OutputFormat, picture_from_array, write_picture

Run = Callable[..., tuple[int, str, str]]
RunJson = Callable[..., dict[str, Any]]
ORIENTATION, GPS, LATITUDE = 0x0112, 0x8825, 2
PLACE = (52.0, 30.0, 59.0)


@pytest.fixture
def holiday(tmp_path: Path, cover: Path) -> Path:
    """A JPEG from a camera that stood upright and wrote down where."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[LATITUDE] = PLACE
    with Image.open(cover) as image:
        image.save(tmp_path / "holiday.jpg", exif=exif, quality=90)
    return tmp_path / "holiday.jpg"


# forms


@pytest.mark.parametrize("form", list(Form))
def test_the_form_is_taken_and_told(
    run_json: RunJson, secret: Path, cover: Path, key_file: Path, form: str
) -> None:
    with Image.open(secret) as image:
        pixels = np.asarray(image)
        image.save("loose.bmp")
    keyed = ("--key-file", key_file)
    hidden = run_json("hide", "loose.bmp", cover, "-o", "s.png", "--form", form, *keyed)
    found = run_json("reveal", "s.png", "-o", "out", *keyed)
    assert hidden["form"] == found["form"] == form
    assert found["media_type"] == ("image/bmp" if form == "file" else "image/png")
    assert found["sha256"] == hashlib.sha256(Path("out").read_bytes()).hexdigest()
    with Image.open("out") as out:
        assert np.array_equal(np.asarray(out), pixels)


def test_what_is_no_image_travels_as_a_file_when_compact_is_asked_for(
    run: Run, run_json: RunJson, cover: Path, key_file: Path
) -> None:
    Path("words.txt").write_text("only words")
    command = ("hide", "words.txt", cover, "--key-file", key_file, "-o", "s.png", "--form")
    assert run_json(*command, "compact")["form"] == "file"
    assert run(*command, "pixels", "--force")[0] == ExitCode.UNUSABLE_IMAGE


# formats


@pytest.mark.parametrize("file_format", list(OutputFormat))
def test_the_format_is_the_one_asked_for(
    run: Run, run_json: RunJson, secret: Path, cover: Path, key_file: Path, file_format: str
) -> None:
    command = ("hide", secret, cover, "-o", "stego", "--key-file", key_file)
    assert run(*command)[0] == ExitCode.USAGE
    for compress in ("fast", "best"):
        run_json(*command, "--format", file_format, "--compress", compress, "--force")
        with Image.open("stego") as image:
            assert image.format == file_format.upper()
        assert run("reveal", "stego", "-o", "out", "--key-file", key_file, "--force")[0] == 0
        assert Path("out").read_bytes() == secret.read_bytes()


def test_best_compresses_better(run_json: RunJson, secret: Path, cover: Path, key_file: Path):
    sizes = []
    for compress in ("fast", "best"):
        command = ("hide", secret, cover, "-o", f"{compress}.png", "--key-file", key_file)
        run_json(*command, "--compress", compress)
        sizes.append(Path(f"{compress}.png").stat().st_size)
    assert sizes[1] < sizes[0]


@pytest.mark.parametrize(
    ("name", "asked"), [("s.png", "webp"), ("s.jpg", "png"), ("s.tif", "ppm"), ("s.gif", "png")]
)
def test_a_name_that_speaks_of_another_format_is_refused(
    run: Run, secret: Path, cover: Path, key_file: Path, name: str, asked: str
) -> None:
    command = ("hide", secret, cover, "-o", name, "--format", asked, "--key-file", key_file)
    assert run(*command)[0] == ExitCode.USAGE
    assert not Path(name).exists()


def test_formats_and_forms_offered_are_those_there_are() -> None:
    offered = {each.name: each.type for each in hide.params}
    assert isinstance(offered["file_format"], click.Choice)
    assert set(offered["file_format"].choices) == set(OutputFormat)
    assert isinstance(offered["form"], click.Choice)
    assert set(offered["form"].choices) == set(Form)


# metadata


def test_place_and_time_are_dropped(
    run_json: RunJson, holiday: Path, secret: Path, key_file: Path
) -> None:
    with Image.open(holiday) as image:
        width, height = image.size
    run_json("hide", secret, holiday, "-o", "s.png", "--key-file", key_file)
    with Image.open("s.png") as stego:
        assert not stego.getexif()
        assert not stego.info.get("exif")
        assert stego.size == (height, width)


def test_metadata_are_not_lost_silently(
    run: Run, holiday: Path, secret: Path, key_file: Path
) -> None:
    command = ("hide", secret, holiday, "--keep-metadata", "--key-file", key_file)
    assert run(*command, "-o", "s.bmp")[0] == ExitCode.USAGE
    assert not Path("s.bmp").exists()


@pytest.mark.parametrize("ending", ["png", "webp"])
def test_metadata_stay_where_they_are_wanted_and_the_picture_is_turned_once(
    run_json: RunJson, holiday: Path, secret: Path, key_file: Path, ending: str
) -> None:
    command = ("hide", secret, holiday, "-o", f"s.{ending}", "--key-file", key_file)
    run_json(*command, "--keep-metadata")
    with Image.open(holiday) as before, Image.open(f"s.{ending}") as stego:
        exif = stego.getexif()
        assert tuple(map(float, exif.get_ifd(GPS)[LATITUDE])) == PLACE
        assert exif.get(ORIENTATION, 1) == 1
        assert stego.size == before.size[::-1]
    assert run_json("reveal", f"s.{ending}", "-o", "out", "--key-file", key_file)


# limits


def test_defaults_in_the_help_are_the_limits_there_are() -> None:
    texts = (options.PIXELS, options.FILE_BYTES, options.INFLATED_BYTES)
    kinds = (options.PixelCount, options.ByteCount, options.ByteCount)
    assert Limits(*(kind.parse(text) for kind, text in zip(kinds, texts, strict=True))) == Limits()


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        ("--max-pixels", "0.07 MP", ExitCode.UNUSABLE_IMAGE),
        ("--max-pixels", "0.08 MP", ExitCode.DONE),
        ("--max-bytes", "20 kB", ExitCode.UNUSABLE_IMAGE),
        ("--max-inflated", "10 kB", ExitCode.UNUSABLE_IMAGE),
        ("--max-bytes", "many", ExitCode.USAGE),
        ("--max-pixels", "-1", ExitCode.USAGE),
    ],
)
def test_limits_are_obeyed_by_every_command(
    run: Run, secret: Path, cover: Path, key_file: Path, option: str, value: str, code: int
) -> None:
    assert run("hide", secret, cover, "-o", "s.png", "--key-file", key_file)[0] == 0
    keyed = ("-o", "out.png", "--key-file", key_file, option, value)
    assert run("hide", secret, cover, *keyed)[0] == code
    assert Path("out.png").exists() == (code == 0)
    assert run("reveal", "s.png", *keyed, "--force")[0] == code
    assert run("capacity", cover, option, value)[0] == code


def test_a_secret_over_the_limit_is_refused_wherever_it_comes_from(
    run: Run, cover: Path, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("large").write_bytes(bytes(1_000_001))
    keyed = ("--key-file", key_file, "-o", "s.png", "--max-bytes", "1 MB")
    code, _, err = run("hide", "large", cover, *keyed)
    assert code == ExitCode.UNUSABLE_IMAGE
    assert "1,000,001 bytes, more than the limit" in err
    with Path("large").open("rb") as stdin:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(stdin))
        assert run("hide", "-", cover, *keyed)[0] == ExitCode.UNUSABLE_IMAGE
    assert not Path("s.png").exists()


def test_a_secret_that_inflates_beyond_the_limit_is_not_written(
    run: Run, cover: Path, key_file: Path
) -> None:
    Path("zeros").write_bytes(bytes(3_000_000))
    assert run("hide", "zeros", cover, "-o", "s.png", "--key-file", key_file)[0] == 0
    keyed = ("reveal", "s.png", "--key-file", key_file, "-o", "out", "--max-inflated")
    assert run(*keyed, "2 MB")[0] == ExitCode.UNUSABLE_IMAGE
    assert not Path("out").exists()
    assert run(*keyed, "3 MB")[0] == 0


# notices and warnings


def test_what_was_changed_and_what_gives_a_cover_away_is_told(
    run: Run, run_json: RunJson, secret: Path, cover: Path, key_file: Path
) -> None:
    with Image.open(cover) as image:
        image.quantize(32).save("palette.png")
    command = ("hide", secret, "palette.png", "--key-file", key_file)
    hidden = run_json(*command, "-o", "s.png")
    assert hidden["notices"] == ["palette turned into RGB"]
    assert len(hidden["warnings"]) == 1
    code, out, err = run(*command, "-o", "s2.png")
    assert (code, out) == (0, "")
    assert "warning: palette turned into RGB\n" in err
    assert f"warning: {hidden['warnings'][0]}\n" in err


def test_eight_bits_spread_over_sixteen_give_a_cover_away(
    run_json: RunJson, secret: Path, key_file: Path, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    values = np.clip(rng.normal(128, 30, (200, 300)), 0, 255).astype(np.uint16)
    write_picture(picture_from_array(values * np.uint16(257)), tmp_path / "spread.png")
    hidden = run_json("hide", secret, "spread.png", "-o", "s.png", "--key-file", key_file)
    assert len(hidden["warnings"]) == 1


def plain_cover(height: int, width: int) -> None:
    rng = np.random.default_rng(0)
    values = np.clip(rng.normal(128, 30, (height, width, 3)), 0, 255).astype(np.uint8)
    write_picture(picture_from_array(values), Path("plain.png"))


def test_a_plain_cover_and_a_small_secret_are_nothing_to_talk_about(
    run: Run, run_json: RunJson, tmp_path: Path, key_file: Path
) -> None:
    plain_cover(600, 700)
    (tmp_path / "note").write_text("at noon")
    command = ("hide", "note", "plain.png", "--key-file", key_file)
    hidden = run_json(*command, "-o", "s.png")
    assert hidden["notices"] == hidden["warnings"] == []
    assert 0.4 <= hidden["expected_error"] <= 0.5
    assert hidden["expected_error_is"].startswith("extrapolated")
    _, _, err = run(*command, "-o", "s2.png")
    assert f"detection error about {hidden['expected_error']:.2f} (extrapolated)" in err


def test_a_large_secret_is_warned_about(run_json: RunJson, tmp_path: Path, key_file: Path) -> None:
    plain_cover(200, 300)
    (tmp_path / "large").write_bytes(np.random.default_rng(1).bytes(20_000))
    hidden = run_json("hide", "large", "plain.png", "-o", "s.png", "--key-file", key_file)
    assert hidden["expected_error"] < 0.4
    (sentence,) = hidden["warnings"]
    assert "hide less, or in a larger cover" in sentence


def test_a_jpeg_cover_gets_a_warning_and_no_figure(
    run: Run, run_json: RunJson, tmp_path: Path, key_file: Path
) -> None:
    plain_cover(200, 300)
    (tmp_path / "note").write_text("at noon")
    with Image.open("plain.png") as image:
        image.save("plain.jpg")
    command = ("hide", "note", "plain.jpg", "--key-file", key_file)
    hidden = run_json(*command, "-o", "s.png")
    assert hidden["expected_error"] is hidden["expected_error_is"] is None
    (sentence,) = hidden["warnings"]
    assert "decoded from JPEG" in sentence
    assert "detection error not known" in run(*command, "-o", "s2.png")[2]


@pytest.mark.parametrize("number", ["１２", "1_0", "9" * 5000, "nan", "1e1", "-1", "0x3", ""])
@pytest.mark.parametrize("option", ["--planes", "--max-pixels", "--max-bytes", "--max-inflated"])
def test_only_plain_numbers_are_numbers(
    run: Run, secret: Path, cover: Path, option: str, number: str
) -> None:
    code, _, err = run("hide", secret, cover, "-o", "s.png", option, number)
    assert code == ExitCode.USAGE
    assert option in err
    assert len(err) < 400
