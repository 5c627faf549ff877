"""`underpaint config`: values, where they come from, and what commands make of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from underpaint_client.configuration import KEYS
from underpaint_common.errors import ExitCode

Run = Callable[..., tuple[int, str, str]]
RunJson = Callable[..., dict[str, Any]]


def test_every_setting_is_shown_with_its_origin(
    run: Run, run_json: RunJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("config", "set", "max_pixels", "7 MP")
    monkeypatch.setenv("UNDERPAINT_RETRIES", "0")
    path = run("config", "path")[1].strip()
    lines = run("config")[1].splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(KEYS)
    assert lines[1 + KEYS.index("max_pixels")].split() == ["max_pixels", "7", "MP", path]
    found = {each["key"]: each for each in run_json("config")["settings"]}
    assert found["max_pixels"] == {
        "key": "max_pixels",
        "value": 7_000_000,
        "from": "file",
        "where": path,
    }
    assert found["retries"]["from"] == "environment"
    assert found["retries"]["where"] == "UNDERPAINT_RETRIES"
    assert found["mode"] == {"key": "mode", "value": "auto", "from": "default", "where": None}


def test_values_are_set_read_and_unset(run: Run, run_json: RunJson) -> None:
    assert run("config", "set", "mode", "classic")[0] == 0
    assert run("config", "get", "mode")[1] == "classic\n"
    assert run_json("config", "get", "mode")["value"] == "classic"
    code, _, err = run("config", "unset", "mode")
    assert (code, "auto (from default)" in err) == (0, True)
    assert run_json("config", "path")["exists"]
    assert run("config", "set", "moode", "x")[0] == ExitCode.USAGE
    assert run("config", "get", "moode")[0] == ExitCode.USAGE


def test_an_option_goes_before_a_variable_and_that_before_the_file(
    run: Run,
    run_json: RunJson,
    secret: Path,
    cover: Path,
    key_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hide = ("hide", secret, cover, "-o", "s.png", "--key-file", key_file, "--force")
    assert run_json(*hide)["mode"] == "adaptive"
    run("config", "set", "mode", "classic")
    run("config", "set", "planes", "3")
    hidden = run_json(*hide)
    assert (hidden["mode"], hidden["planes"]) == ("classic", 3)
    monkeypatch.setenv("UNDERPAINT_PLANES", "2")
    assert run_json(*hide)["planes"] == 2
    assert run_json(*hide, "--planes", "5")["planes"] == 5
    run("config", "set", "max_pixels", "100")
    assert run(*hide)[0] == ExitCode.UNUSABLE_IMAGE
    assert run(*hide, "--max-pixels", "1 MP")[0] == 0


def test_a_wrong_variable_and_a_wrong_file_are_named(
    run: Run, secret: Path, cover: Path, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide = ("hide", secret, cover, "-o", "s.png", "--key-file", key_file)
    monkeypatch.setenv("UNDERPAINT_MODE", "plans")
    code, _, err = run(*hide)
    assert (code, "$UNDERPAINT_MODE" in err) == (ExitCode.USAGE, True)
    monkeypatch.delenv("UNDERPAINT_MODE")
    path = Path(run("config", "path")[1].strip())
    path.parent.mkdir(parents=True)
    path.write_text("mode: plans\n")
    code, _, err = run(*hide)
    assert (code, str(path) in err, "did you mean planes?" in err) == (ExitCode.USAGE, True, True)
    assert run("hide", "--help")[0] == 0
    assert run("config", "path")[0] == 0
