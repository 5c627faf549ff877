"""Settings: the environment before the file, the file before what is built in."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from underpaint_client.configuration import KEYS, Configuration
from underpaint_client.effective import Origin, change, effective, from_text, setting, variable_of
from underpaint_client.places import configuration_path, identity_path
from underpaint_common.errors import UsageError
from underpaint_common.units import ByteCount, PixelCount, Seconds, spelled

TEXTS = {
    "to": "underpaint://h:1/#upub_x",
    "identity": "/keys/mine.key",
    "mode": "classic",
    "planes": "3",
    "form": "pixels",
    "cost": "flat",
    "effort": "10",
    "keep_metadata": "yes",
    "compress": "best",
    "max_pixels": "5 MP",
    "max_bytes": "3 kB",
    "max_inflated": "9 GiB",
    "timeout": "250 ms",
    "retries": "0",
}


def test_every_setting_can_be_built_in_written_or_in_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = configuration_path()
    assert {each.origin for each in effective()} == {Origin.DEFAULT}
    path.parent.mkdir(parents=True)
    path.write_text(yaml.safe_dump({"mode": "planes", "retries": 7}))
    assert {each.key for each in effective() if each.origin is Origin.FILE} == {"mode", "retries"}
    assert (setting("mode").value, setting("mode").where) == ("planes", str(path))
    assert set(TEXTS) == set(KEYS)
    for key, text in TEXTS.items():
        monkeypatch.setenv(variable_of(key), text)
        found = setting(key)
        assert (found.origin, found.where) == (Origin.ENVIRONMENT, f"UNDERPAINT_{key.upper()}")
        assert found.value != getattr(Configuration(), key)


def test_an_empty_variable_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERPAINT_MODE", "")
    assert setting("mode").origin is Origin.DEFAULT


def test_a_wrong_variable_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERPAINT_MODE", "plans")
    with pytest.raises(UsageError, match="UNDERPAINT_MODE") as caught:
        effective()
    assert caught.value.hint == "did you mean planes?"


def test_changes_are_written_and_taken_back() -> None:
    change("max_pixels", "7 MP")
    change("planes", "2")
    change("keep_metadata", "on")
    assert configuration_path().read_text() == "max_pixels: 7 MP\nplanes: 2\nkeep_metadata: true\n"
    assert setting("max_pixels").value == 7_000_000
    change("max_pixels", None)
    change("mode", None)
    assert configuration_path().read_text() == "planes: 2\nkeep_metadata: true\n"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("mode", "plans"),
        ("planes", "many"),
        ("planes", "9"),
        ("timeout", "0 s"),
        ("keep_metadata", "perhaps"),
        ("to", "nowhere"),
        ("frobnicate", "1"),
        ("remotes", "x"),
    ],
)
def test_what_is_not_understood_is_never_spelled(key: str, text: str) -> None:
    with pytest.raises(UsageError):
        change(key, text)
    assert not configuration_path().exists()


def test_an_identity_is_written_as_an_absolute_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    change("identity", "mine.key")
    assert identity_path() == tmp_path / "mine.key"
    configuration_path().write_text("identity: beside.key\n")
    assert identity_path() == configuration_path().parent / "beside.key"
    monkeypatch.setenv("UNDERPAINT_IDENTITY", "from-environment.key")
    assert identity_path() == Path("from-environment.key")
    assert identity_path(Path("named.key")) == Path("named.key")


@given(
    st.builds(ByteCount, st.integers(1, 1 << 50))
    | st.builds(PixelCount, st.integers(1, 1 << 50))
    | st.builds(lambda ms: Seconds(ms / 1000), st.integers(1, 10**9))
)
def test_quantities_are_shown_as_they_are_read(quantity: ByteCount | PixelCount | Seconds) -> None:
    key = {ByteCount: "max_bytes", PixelCount: "max_pixels", Seconds: "timeout"}[type(quantity)]
    assert from_text(key, spelled(quantity), source="x") == pytest.approx(quantity, rel=1e-12)


@pytest.mark.parametrize("text", ["１２", "1_0", "9" * 5000, "1e1", "0x3"])
@pytest.mark.parametrize("key", ["retries", "planes", "timeout", "max_pixels"])
def test_only_plain_numbers_are_numbers(key: str, text: str) -> None:
    with pytest.raises(UsageError, match=key):
        from_text(key, text, source="it")
