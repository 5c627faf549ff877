"""HOST:PORT and back."""

from __future__ import annotations

import pytest

from underpaint_server.endpoint import Endpoint


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:7741", "127.0.0.1", 7741),
        ("localhost:0", "localhost", 0),
        ("[::1]:65535", "::1", 65535),
        ("[2001:db8::5]:80", "2001:db8::5", 80),
    ],
)
def test_text_and_endpoint_are_the_same_thing(text: str, host: str, port: int) -> None:
    endpoint = Endpoint.parse(text)
    assert endpoint == Endpoint(host, port)
    assert str(endpoint) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "host",
        ":7741",
        "host:",
        "host:seventy",
        "::1:80",
        "[::1]",
        "a b:1",
        "h:65536",
        *(
            "h:１２",
            "a..b:1",
            ".:1",
            "é.de:1",
            "*:1",
            "[zz]:1",
            "[127.0.0.1]:1",
            "[::1%]:1",
            "a\0b:1",
        ),
        "a" * 64 + ":1",
        "a." * 500 + ":1",
    ],
)
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"HOST:PORT|65535"):
        Endpoint.parse(text)


def test_what_an_endpoint_means() -> None:
    assert Endpoint.parse("0.0.0.0:1").is_every_address
    assert Endpoint("::", 1).is_every_address
    assert not Endpoint("127.0.0.1", 1).is_every_address
    assert Endpoint("localhost", 1).is_loopback
    assert not Endpoint("::", 1).is_loopback
