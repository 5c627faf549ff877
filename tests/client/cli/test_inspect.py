"""`underpaint inspect` and `hide --check`: tables, JSON, the page, and refusals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from underpaint_client.demo.landscape import landscape
from underpaint_common.errors import ExitCode
from underpaint_common.pictures import picture_from_array, write_picture

Run = Callable[..., tuple[int, str, str]]
RunJson = Callable[..., dict[str, Any]]


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    path = tmp_path / "lake.png"
    write_picture(picture_from_array(landscape(3, width=600, height=450)), path, overwrite=False)
    return path


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    path = tmp_path / "noise.bin"
    path.write_bytes(np.random.default_rng(4).bytes(70_000))
    return path


@pytest.fixture
def hide(run_json: RunJson, lake: Path, noise: Path, key_file: Path, tmp_path: Path) -> RunJson:
    """Hide noise in the lake with --check, and return what is said."""

    def hide_it(*arguments: str, code: int = 0) -> dict[str, Any]:
        stego = tmp_path / "stego.png"
        return run_json(
            "hide", noise, lake, "-o", stego, "--key-file", key_file, "--check", *arguments,
            code=code,
        )  # fmt: skip

    return hide_it


def test_check_says_that_nothing_shows(hide: RunJson) -> None:
    checked = hide()["check"]
    assert checked["finding"] == "nothing"
    assert abs(checked["share"] - checked["cover_share"]) < 0.02


def test_check_warns_of_replacement(
    hide: RunJson, run: Run, lake: Path, noise: Path, key_file: Path
) -> None:
    classic = ("--mode", "classic", "--form", "file", "--planes", "1")
    assert hide(*classic)["check"]["finding"] == "payload"
    code, out, err = run(
        "hide", noise, lake, "-o", "again.png", "--key-file", key_file, "--check", *classic
    )
    assert (code, out) == (0, "")
    assert "warning: the classical detectors read payload" in err
    assert Path("again.png").exists()


def test_without_check_nothing_is_read(run_json: RunJson, lake: Path, key_file: Path) -> None:
    found = run_json("hide", lake, lake, "-o", "s.png", "--key-file", key_file, "--planes", "8")
    assert found["check"] is None


def test_a_picture_by_itself(run: Run, run_json: RunJson, lake: Path) -> None:
    code, out, err = run("inspect", "lake.png")
    assert (code, err) == (0, "")
    assert out.startswith("lake.png: 600 x 450 RGB, 8 bits, PNG\n")
    for title in ("chi-square, all", "chi-square, top", "RS", "Sample pairs", "Weighted stego"):
        assert f"\n{title} " in out
    assert "see nothing here" in out
    assert max(map(len, out.splitlines()[:-1])) < 80
    found = run_json("inspect", lake)
    assert found["image"]["finding"] == "nothing"
    assert [each["channel"] for each in found["image"]["readings"]] == ["red", "green", "blue"]
    assert found["cover"] is found["changes"] is found["report"] is None


def test_against_its_cover(hide: RunJson, run: Run, run_json: RunJson, lake: Path) -> None:
    hidden = hide("--mode", "classic", "--form", "file", "--planes", "1")
    found = run_json("inspect", "stego.png", "--cover", lake)
    changes = found["changes"]
    assert changes["psnr_db"] == pytest.approx(hidden["psnr_db"])
    assert changes["change_rate"] == pytest.approx(hidden["change_rate"])
    assert changes["largest_step"] == 1
    assert len(changes["change_rate_per_plane"]) == 8
    assert found["image"]["finding"] == "payload"
    assert found["cover"]["finding"] == "nothing"
    out = run("inspect", "stego.png", "--cover", "lake.png")[1]
    assert "plane 7" in out
    assert "payload that they do not read in the cover" in out
    assert max(map(len, out.splitlines()[:-1])) < 80


def test_nothing_changed(run_json: RunJson, lake: Path) -> None:
    changes = run_json("inspect", lake, "--cover", lake)["changes"]
    assert changes["psnr_db"] is None
    assert changes["change_rate"] == 0


def test_a_page(run: Run, run_json: RunJson, lake: Path) -> None:
    code, out, err = run("inspect", lake, "--cover", lake, "-o", "r.html")
    assert (code, out) == (0, "")
    assert err.startswith("r.html: ")
    assert Path("r.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert run("inspect", lake, "-o", "r.html")[0] == ExitCode.LOCAL_FILE
    assert run_json("inspect", lake, "-o", "r.html", "--force", "--at", "0,0")["report"] == "r.html"
    code, out, err = run("inspect", lake, "-o", "-", "--quiet")
    assert (code, err) == (0, "")
    assert out.startswith("<!DOCTYPE html>")


def test_input_is_never_overwritten(run: Run, lake: Path) -> None:
    before = lake.read_bytes()
    assert run("inspect", lake, "-o", lake, "--force")[0] == ExitCode.USAGE
    assert lake.read_bytes() == before


@pytest.mark.parametrize("at", ["1", "a,b", "600,0", "0,450", "-1,0", "1,2,3"])
def test_pixels_that_are_none(run: Run, lake: Path, at: str) -> None:
    code, _, err = run("inspect", lake, f"--at={at}")
    assert code == ExitCode.USAGE
    assert at.split(",")[0] in err


def test_another_picture_is_no_cover(run: Run, run_json: RunJson, lake: Path, cover: Path) -> None:
    code, out, err = run("inspect", lake, "--cover", cover, "-o", "r.html")
    assert (code, out) == (ExitCode.UNUSABLE_IMAGE, "")
    assert f"{cover} (" in err
    assert f"cannot be the cover of {lake}" in err
    assert not Path("r.html").exists()
    run_json("inspect", lake, "--cover", cover, code=ExitCode.UNUSABLE_IMAGE)


def test_both_streams_cannot_be_one(run: Run, lake: Path) -> None:
    assert run("inspect", "-", "--cover", "-")[0] == ExitCode.USAGE
    assert run("inspect", lake, "-o", "-", "--json")[0] == ExitCode.USAGE
    assert run("inspect", "missing.png")[0] == ExitCode.LOCAL_FILE


def test_tiny_pictures_are_described(run: Run, run_json: RunJson, tmp_path: Path) -> None:
    write_picture(picture_from_array(np.zeros((2, 2), np.uint8)), tmp_path / "t.png",
                  overwrite=False)  # fmt: skip
    assert "too small" in run("inspect", "t.png", "--cover", "t.png")[1]
    assert run_json("inspect", "t.png")["image"]["readings"] == []
