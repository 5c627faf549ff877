"""server.yaml: what init writes is the defaults, and mistakes are told in one sentence."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.errors import LocalFileError, UsageError
from underpaint_server.config import Config, load_config, parse_config, write_new_config
from underpaint_server.endpoint import Endpoint


def test_what_init_writes_are_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "server.yaml"
    write_new_config(path, listen=Endpoint("127.0.0.1", 7741), host="127.0.0.1")
    assert parse_config(path.read_bytes(), source="server.yaml") == Config()
    assert load_config(path).state == tmp_path / "state"


def test_every_limit_stands_in_what_init_writes(tmp_path: Path) -> None:
    path = tmp_path / "server.yaml"
    write_new_config(path, listen=Endpoint("::", 1), host="pictures.example.org")
    text = path.read_text()
    for name in Config().limits.__struct_fields__:
        assert f"  {name}: " in text or f"  # {name}: " in text
    config = load_config(path)
    assert (config.listen, config.host) == (Endpoint("::", 1), "pictures.example.org")


def test_init_can_say_where_metrics_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "server.yaml"
    metrics = Endpoint("::1", 7742)
    write_new_config(path, listen=Endpoint("127.0.0.1", 1), host="h", metrics=metrics)
    assert load_config(path).metrics == metrics


def test_a_configuration_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "server.yaml"
    path.write_text("mine")
    with pytest.raises(LocalFileError):
        write_new_config(path, listen=Endpoint("h", 1), host="h")
    assert path.read_text() == "mine"


def test_an_absolute_state_folder_stays(tmp_path: Path) -> None:
    path = tmp_path / "server.yaml"
    path.write_text("state: /var/lib/underpaint\n")
    assert load_config(path).state == Path("/var/lib/underpaint")


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(LocalFileError) as caught:
        load_config(tmp_path / "none.yaml")
    assert "init" in (caught.value.hint or "")


def test_an_empty_file_is_the_defaults() -> None:
    assert parse_config(b"", source="x") == Config()


def test_human_units_are_understood() -> None:
    limits = parse_config(
        b"limits: {upload_bytes: 64 MiB, idle_timeout: 90 s, pixels: 20 MP, image_jobs: 3}",
        source="x",
    ).limits
    assert limits.upload_bytes == 64 << 20
    assert limits.idle_timeout == 90
    assert limits.pixels == 20_000_000
    assert limits.image_jobs == 3


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("lisen: 'h:1'", "unknown key lisen", "listen"),
        ("limits: {conections: 5}", "unknown key limits.conections", "connections"),
        ("limits: {frobnicate: 5}", "unknown key limits.frobnicate", "known:"),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest_known(text: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_config(text.encode(), source="server.yaml")
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("listen: here", "listen"),
        ("listen: 5", "listen"),
        ("limits: {upload_bytes: lots}", "limits.upload_bytes"),
        ("limits: {idle_timeout: -1}", "limits.idle_timeout"),
        ("limits: {connections: 0}", "connections"),
        ("limits: {connections: many}", "limits.connections"),
        ("limits: {receive_buffers: 1 MiB}", "receive_buffers must be at least 2 MiB"),
        ("limits: {record_bytes: 4095}", "record_bytes must be from 4 KiB to 256 KiB"),
        ("limits: {record_bytes: 1 MiB}", "record_bytes must be from 4 KiB to 256 KiB"),
        ("limits: 5", "limits"),
        ("- a\n- b", "the file"),
        ("log_level: loud", "log_level"),
        ("a: [", "YAML"),
        ("a: \x00", "YAML"),
        ("a: 2025-99-99", "YAML"),
        ("a: " + "[" * 5000, "YAML"),
    ],
)
def test_a_wrong_value_is_told_with_its_place(text: str, place: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_config(text.encode(), source="server.yaml")
    assert place in caught.value.message
    assert "\n" not in caught.value.message


@given(st.text() | st.binary())
def test_any_text_is_a_configuration_or_a_usage_error(text: str | bytes) -> None:
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    with contextlib.suppress(UsageError):
        assert isinstance(parse_config(data, source="x"), Config)


def test_another_place_to_listen_names_the_host_unless_it_is_all_of_them() -> None:
    config = Config(host="pictures.example.org")
    assert config.listening_on(Endpoint("::", 5)).host == "pictures.example.org"
    assert config.listening_on(Endpoint("192.0.2.7", 5)).host == "192.0.2.7"
    assert config.listening_on(Endpoint("192.0.2.7", 5)).listen.port == 5
