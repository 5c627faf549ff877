"""The example configurations say what is built in, key for key."""

from __future__ import annotations

import os
import re
from pathlib import Path

from underpaint_client.configuration import KEYS, Configuration, parse_configuration
from underpaint_server.config import Config, default_text, parse_config

CONFIG = Path(__file__).resolve().parents[2] / "config"
SERVER, CLIENT = CONFIG / "server.example.yaml", CONFIG / "client.example.yaml"


def test_the_server_example_is_what_init_writes_and_all_defaults() -> None:
    default = Config()
    text = default_text(listen=default.listen, host=default.host)
    if os.environ.get("UNDERPAINT_GOLDEN") == "update":
        SERVER.write_text(text)
    assert SERVER.read_text() == text, "make golden renews it"
    assert parse_config(SERVER.read_bytes(), source="the example") == default


def test_every_key_of_the_server_stands_there_with_a_reason() -> None:
    lines = SERVER.read_text().splitlines()
    for name in Config.__struct_fields__:
        assert any(re.match(rf"(# )?{name}:", line) for line in lines), name
    for name in Config().limits.__struct_fields__:
        assert any(re.match(rf"  (# )?{name}: .+# .+", line) for line in lines), name


def test_the_client_example_is_all_defaults() -> None:
    assert parse_configuration(CLIENT.read_bytes(), source="the example") == Configuration()


def test_every_setting_of_the_client_stands_there_with_a_reason() -> None:
    lines = CLIENT.read_text().splitlines()
    for name in KEYS:
        assert any(re.match(rf"(# )?{name}: .+ # .+", line) for line in lines), name
    assert "remotes: {}" in lines


def test_what_is_commented_out_is_understood_as_well() -> None:
    for example, read in ((SERVER, parse_config), (CLIENT, parse_configuration)):
        text = re.sub(r"(?m)^( *)# ?( *\w+: )", r"\1\2", example.read_text())
        read(text.replace("remotes: {}", "remotes:").encode(), source="the example")
