"""`underpaint capacity`: tables, the cover to take, and exit codes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from underpaint_common.errors import ExitCode

Run = Callable[..., tuple[int, str, str]]
RunJson = Callable[..., dict[str, Any]]


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """A folder with a small cover, a large one, an animation and a text."""
    rng = np.random.default_rng(0)
    folder = tmp_path / "album"
    folder.mkdir()
    for name, side in (("large", 250), ("small", 60)):
        values = np.clip(rng.normal(128, 35, (side, side, 3)), 0, 255).astype(np.uint8)
        Image.fromarray(values).save(folder / f"{name}.png")
    frames = [Image.new("L", (90, 90), shade) for shade in (0, 200)]
    frames[0].save(folder / "moving.gif", save_all=True, append_images=frames[1:])
    (folder / "words.txt").write_text("about this album")
    return folder


def test_one_cover_is_told_in_full(run: Run, run_json: RunJson, cover: Path, secret: Path) -> None:
    answer = run_json("capacity", cover, "--secret", secret)
    (facts,) = answer["covers"]
    assert (facts["width"], facts["height"], facts["channels"]) == (320, 240, 3)
    sizes = {(row["mode"], row["planes"]): row["bytes"] for row in facts["rows"]}
    assert sizes["planes", 4] > sizes["planes", 1] > 20_000
    assert all(row["fits"] for row in facts["rows"] if row["mode"] == "planes")
    assert answer["take"] == str(cover)
    assert answer["secret_bytes"] == secret.stat().st_size
    code, out, _ = run("capacity", cover)
    lines = out.splitlines()
    assert (code, len(lines)) == (0, 23)
    assert {len(line) for line in lines} == {len(lines[0])}
    assert f"{facts['rows'][0]['capacity_bytes']:,}" in lines[1]


def test_the_bytes_that_are_promised_fit(
    run: Run, run_json: RunJson, cover: Path, key_file: Path, tmp_path: Path
) -> None:
    rows = run_json("capacity", cover)["covers"][0]["rows"]
    room = next(row["bytes"] for row in rows if (row["mode"], row["planes"]) == ("planes", 2))
    noise = np.random.default_rng(0)
    for extra, code in ((0, 0), (1, ExitCode.DOES_NOT_FIT)):
        (tmp_path / "noise").write_bytes(noise.bytes(room + 450 * extra))
        command = ("hide", "noise", cover, "-o", f"{extra}.png", "--key-file", key_file)
        assert run(*command, "--mode", "planes", "--planes", "2")[0] == code


def test_too_small_ends_with_5(run_json: RunJson, tmp_path: Path, secret: Path) -> None:
    Image.new("RGB", (40, 30)).save(tmp_path / "small.png")
    command = ("capacity", "small.png", "--secret", secret)
    answer = run_json(*command, code=ExitCode.DOES_NOT_FIT)
    assert not any(row["fits"] for row in answer["covers"][0]["rows"])
    assert answer["take"] is None


def test_of_an_album_the_best_cover_is_named(run: Run, run_json: RunJson, album: Path) -> None:
    secret = np.random.default_rng(1).bytes(2000)
    Path("secret.bin").write_bytes(secret)
    answer = run_json("capacity", album, "--secret", "secret.bin")
    names = [Path(facts["cover"]).name for facts in answer["covers"]]
    assert names == ["large.png", "small.png"]
    assert answer["take"] == str(album / "large.png")
    assert [Path(each["cover"]).name for each in answer["failed"]] == ["moving.gif"]
    code, out, err = run("capacity", album, "--secret", "secret.bin")
    assert code == 0
    assert out.splitlines()[-1] == f"take {album / 'large.png'}"
    assert "moving.gif: an animation cannot be used" in err


def test_what_is_foretold_of_a_secret_is_what_hiding_measures(
    run_json: RunJson, album: Path, key_file: Path
) -> None:
    Path("secret.bin").write_bytes(np.random.default_rng(1).bytes(2000))
    answer = run_json("capacity", album, "--secret", "secret.bin")
    for facts in answer["covers"]:
        command = ("hide", "secret.bin", facts["cover"], "-o", "s.png", "--key-file", key_file)
        hidden = run_json(*command, "--force")
        rows = [row for row in facts["rows"] if row["mode"] == hidden["mode"] and row["fits"]]
        # What is foretold holds for photographs; these covers are equally rough everywhere.
        assert hidden["psnr_db"] - rows[0]["secret_psnr_db"] == pytest.approx(1, abs=1.2)
        assert hidden["expected_error"] == facts["expected_error"]


def test_the_detection_error_is_shown_for_one_cover_and_for_many(run: Run, album: Path) -> None:
    Path("secret.bin").write_bytes(np.random.default_rng(1).bytes(200))
    _, out, _ = run("capacity", album / "large.png", "--secret", "secret.bin")
    assert re.search(
        r"^with the secret: detection error about 0\.\d\d \(extrapolated\)$", out, re.M
    )
    _, out, _ = run("capacity", album, "--secret", "secret.bin")
    assert "detection error" in out
    _, out, _ = run("capacity", album / "large.png")
    assert "detection error" not in out


def test_a_named_cover_that_cannot_be_used_is_told_by_the_exit_code(
    run: Run, run_json: RunJson, album: Path, cover: Path
) -> None:
    moving = album / "moving.gif"
    answer = run_json("capacity", cover, moving, code=ExitCode.SOME_FAILED)
    assert [each["cover"] for each in answer["failed"]] == [str(moving)]
    assert [each["cover"] for each in answer["covers"]] == [str(cover)]
    assert run("capacity", moving)[0] == ExitCode.UNUSABLE_IMAGE
    assert run("capacity", "missing.png")[0] == ExitCode.LOCAL_FILE
    assert run("capacity")[0] == ExitCode.USAGE


def test_notices_and_warnings_name_their_cover(run: Run, run_json: RunJson, album: Path) -> None:
    with Image.open(album / "large.png") as image:
        image.quantize(16).save(album / "palette.png")
    facts = {Path(each["cover"]).name: each for each in run_json("capacity", album)["covers"]}
    assert facts["palette.png"]["notices"] == ["palette turned into RGB"]
    assert len(facts["palette.png"]["warnings"]) == 1
    assert facts["large.png"]["notices"] == facts["large.png"]["warnings"] == []
    _, _, err = run("capacity", album)
    assert f"warning: {album / 'palette.png'}: palette turned into RGB" in err
