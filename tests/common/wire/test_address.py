"""Addresses: what `underpaintd init` prints is what a client reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.crypto.keytext import KeyKind, encode
from underpaint_common.errors import UsageError
from underpaint_common.wire import DEFAULT_PORT, Address

KEY = bytes(range(32))
TEXT = encode(KeyKind.PUBLIC, KEY)

hosts = st.one_of(
    st.ip_addresses().map(str),
    st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?(\.[a-z0-9]+){0,3}", fullmatch=True),
)


@given(hosts, st.integers(1, 65535), st.binary(min_size=32, max_size=32))
def test_reads_back_what_it_wrote(host: str, port: int, key: bytes) -> None:
    address = Address(host, port, key)
    assert Address.parse(str(address)) == address


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        (f"underpaint://example.org:99/#{TEXT}", "example.org", 99),
        (f"underpaint://example.org/#{TEXT}", "example.org", DEFAULT_PORT),
        (f"underpaint://127.0.0.1#{TEXT}", "127.0.0.1", DEFAULT_PORT),
        (f"  UNDERPAINT://Example.ORG:1/#{TEXT}\n", "example.org", 1),
        (f"underpaint://[2001:DB8::0]:7741/#{TEXT}", "2001:db8::", 7741),
    ],
)
def test_forms_that_people_write(text: str, host: str, port: int) -> None:
    assert Address.parse(text) == Address(host, port, KEY)


def test_an_ipv6_address_is_written_in_brackets() -> None:
    assert str(Address("::1", 7741, KEY)) == f"underpaint://[::1]:7741/#{TEXT}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no address"),
        ("example.org:7741", "no address"),
        (f"https://example.org/#{TEXT}", "no address"),
        *(
            (f"underpaint://{host}:1/#{TEXT}", "no usable host name")
            for host in ("a..b", ".", "a" * 64)
        ),
        ("underpaint://example.org:7741/", "no #KEY"),
        (f"underpaint://example.org/path#{TEXT}", "no #KEY"),
        (f"underpaint://:7741/#{TEXT}", "host"),
        (f"underpaint://-rf:7741/#{TEXT}", "host"),
        (f"underpaint://user@example.org/#{TEXT}", "host"),
        (f"underpaint://exa mple.org/#{TEXT}", "host"),
        (f"underpaint://[::1::]:7741/#{TEXT}", "IPv6"),
        (f"underpaint://example.org:0/#{TEXT}", "port"),
        (f"underpaint://example.org:65536/#{TEXT}", "port"),
        (f"underpaint://example.org:٧٧/#{TEXT}", "port"),
        (f"underpaint://example.org:/#{TEXT}", "port"),
        (f"underpaint://example.org:1/#{TEXT[:-1]}", "cut"),
        (f"underpaint://example.org:1/#{encode(KeyKind.PRIVATE, KEY)}", "private key where"),
    ],
)
def test_what_is_wrong_is_told(text: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        Address.parse(text)
    assert told in caught.value.message


@given(st.text())
def test_any_text_is_an_address_or_a_usage_error(text: str) -> None:
    for candidate in (text, f"underpaint://{text}/#{TEXT}", f"underpaint://host/#{text}"):
        try:
            Address.parse(candidate)
        except UsageError:
            continue
