"""client.yaml: its defaults are those of the options, and mistakes are told in one sentence."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_client import choices
from underpaint_client.cli.group import underpaint
from underpaint_client.cli.option_types import Setting
from underpaint_client.client import TIMEOUT_SECONDS
from underpaint_client.configuration import (
    KEYS,
    Configuration,
    load_configuration,
    parse_configuration,
)
from underpaint_client.retrying import RETRIES
from underpaint_common.errors import LocalFileError, UsageError
from underpaint_common.payload import EFFORTS, Cost, Form, Mode
from underpaint_common.pictures import Limits, OutputFormat
from underpaint_common.units import ByteCount, PixelCount, Seconds, read_quantity


def test_a_missing_and_an_empty_file_are_the_defaults(tmp_path: Path) -> None:
    assert load_configuration(tmp_path / "none.yaml") == Configuration()
    (tmp_path / "empty.yaml").write_text("# nothing\n")
    assert load_configuration(tmp_path / "empty.yaml") == Configuration()


def test_every_option_that_is_a_setting_has_the_default_of_the_configuration() -> None:
    settings = {
        option.key: option
        for command in underpaint.commands.values()
        for option in command.params
        if isinstance(option, Setting)
    }
    assert set(KEYS) == set(settings) | {"identity"}
    for key, option in settings.items():
        expected = getattr(Configuration(), key)
        default = option.to_info_dict()["default"]
        if isinstance(expected, ByteCount | PixelCount | Seconds):
            default = read_quantity(type(expected), default)
        assert default == expected, key


def test_the_defaults_are_those_of_the_library() -> None:
    ours, limits = Configuration(), Limits()
    assert (ours.max_pixels, ours.max_bytes, ours.max_inflated) == (
        limits.max_pixels,
        limits.max_file_bytes,
        limits.max_inflated_bytes,
    )
    assert (ours.timeout, ours.retries) == (TIMEOUT_SECONDS, RETRIES)


def test_the_names_to_choose_from_are_those_of_the_rooms_below() -> None:
    assert tuple(Mode) == choices.MODES
    assert tuple(Form) == choices.FORMS
    assert tuple(Cost) == choices.COSTS
    assert choices.EFFORTS == EFFORTS
    assert set(choices.FORMATS) == set(OutputFormat)


def test_a_file_is_read_in_human_units(tmp_path: Path) -> None:
    path = tmp_path / "client.yaml"
    path.write_text("max_pixels: 7 MP\ntimeout: 1 min\nkeep_metadata: true\nplanes: 3\n")
    found = load_configuration(path)
    assert (found.max_pixels, found.timeout, found.planes) == (7_000_000, 60, 3)
    assert found.keep_metadata


@pytest.mark.parametrize(
    ("text", "words", "hint"),
    [
        ("moode: planes", "unknown key moode", "did you mean mode?"),
        ("mode: plans", "mode: ", "did you mean planes?"),
        ("planes: 9", "planes: ", "correct it"),
        ("retries: -1", "retries: ", "correct it"),
        ("remotes: [a]", "remotes: ", "correct it"),
        ("remotes: {'a b': x}", "'a b' cannot name a remote", "correct it"),
        ("timeout: soon", "timeout: ", "correct it"),
        ("a: [", "YAML", "correct it"),
    ],
)
def test_a_mistake_names_file_and_place(text: str, words: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_configuration(text, source="client.yaml")
    assert caught.value.message.startswith("client.yaml")
    assert words in caught.value.message
    assert hint in (caught.value.hint or "")


def test_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"mode: \xe9")
    with pytest.raises(UsageError, match="UTF-8"):
        load_configuration(tmp_path / "latin.yaml")
    with pytest.raises(LocalFileError):
        load_configuration(tmp_path)


@given(st.text() | st.binary())
def test_any_text_is_a_configuration_or_a_usage_error(text: str | bytes) -> None:
    with contextlib.suppress(UsageError):
        assert isinstance(parse_configuration(text, source="x"), Configuration)
