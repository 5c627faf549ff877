"""What can be a host, and what a resolver would stumble on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.hosts import ipv6, is_host_name

NAMES = [
    "h",
    "example.org",
    "example.org.",
    "127.0.0.1",
    "_x-1.a",
    "a" * 63 + ".de",
    "xn--e1afmkfd",
]
NO_NAMES = ["", ".", "..", ".a", "a..b", "a" * 64, "a." * 127 + "ab", "-a", "a.-b", "é.de", "a b"]


@pytest.mark.parametrize("text", NAMES)
def test_names(text: str) -> None:
    assert is_host_name(text)
    text.encode("idna")


@pytest.mark.parametrize("text", [*NO_NAMES, "a\n", "a\0", "１", "a,b", "*", "[::1]"])
def test_no_names(text: str) -> None:
    assert not is_host_name(text)


@given(st.text())
def test_a_name_is_one_for_the_resolver_too(text: str) -> None:
    if is_host_name(text):
        text.encode("idna")


def test_ipv6() -> None:
    assert ipv6("2001:DB8::0") == "2001:db8::"
    assert ipv6("fe80::1%eth0") == "fe80::1%eth0"
    for text in ("", "127.0.0.1", "::1%", "::1%a b", "::1%é", "zz", "::1%a\n"):
        assert ipv6(text) is None
