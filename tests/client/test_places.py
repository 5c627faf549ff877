"""Where files lie on each platform."""

from __future__ import annotations

from pathlib import Path

import pytest

from underpaint_client.places import configuration_folder, identity_path, state_folder


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {}, Path.home() / ".config" / "underpaint"),
        ("linux", {"XDG_CONFIG_HOME": "/srv/conf"}, Path("/srv/conf/underpaint")),
        ("linux", {"XDG_CONFIG_HOME": "relative"}, Path.home() / ".config" / "underpaint"),
        ("darwin", {}, Path.home() / "Library" / "Application Support" / "underpaint"),
        ("win32", {"APPDATA": "/roaming"}, Path("/roaming/underpaint")),
        ("win32", {}, Path.home() / "AppData" / "Roaming" / "underpaint"),
    ],
)
def test_folder_follows_the_platform(
    platform: str, environment: dict[str, str], expected: Path
) -> None:
    assert configuration_folder(environment, platform) == expected


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {}, Path.home() / ".local" / "state" / "underpaint"),
        ("linux", {"XDG_STATE_HOME": "/srv/state"}, Path("/srv/state/underpaint")),
        ("linux", {"XDG_STATE_HOME": "relative"}, Path.home() / ".local/state/underpaint"),
        ("darwin", {}, Path.home() / "Library" / "Application Support" / "underpaint"),
        ("win32", {"LOCALAPPDATA": "/local"}, Path("/local/underpaint")),
        ("win32", {}, Path.home() / "AppData" / "Local" / "underpaint"),
        ("linux", {"UNDERPAINT_STATE": "/named", "XDG_STATE_HOME": "/srv"}, Path("/named")),
    ],
)
def test_state_lies_apart_from_configuration(
    platform: str, environment: dict[str, str], expected: Path
) -> None:
    assert state_folder(environment, platform) == expected


def test_a_named_identity_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERPAINT_IDENTITY", "/from/environment")
    assert identity_path(Path("/named")) == Path("/named")
    assert identity_path() == Path("/from/environment")


def test_default_identity_lies_in_the_configuration_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("UNDERPAINT_IDENTITY", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert identity_path() == configuration_folder() / "identity.key"
