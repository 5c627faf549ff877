"""Quantities as people write them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.units import (
    ByteCount,
    PixelCount,
    Quantity,
    Seconds,
    read_quantity,
    spelled,
)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (ByteCount, "64 MiB", 64 << 20),
        (ByteCount, "64MiB", 64 << 20),
        (ByteCount, " 1.5 kB ", 1500),
        (ByteCount, "2 TiB", 2 << 40),
        (ByteCount, "17 B", 17),
        (ByteCount, 4096, 4096),
        (Seconds, "250 ms", 0.25),
        (Seconds, "30 s", 30),
        (Seconds, "5 min", 300),
        (Seconds, "12 h", 43200),
        (Seconds, "1 d", 86400),
        (Seconds, 2.5, 2.5),
        (PixelCount, "128 MP", 128_000_000),
        (PixelCount, "0.5 MP", 500_000),
    ],
)
def test_what_people_write(kind: type[Quantity], value: object, expected: float) -> None:
    assert read_quantity(kind, value) == expected


@pytest.mark.parametrize("kind", [ByteCount, Seconds, PixelCount])
@pytest.mark.parametrize(
    "value",
    [
        *("", "many", "-1 s", "1 parsec", "1 mib", "1e3 s", 0, -5, True, None, [], "0 s", "0"),
        *("１２", "1_000", "nan", "inf", float("nan"), float("inf"), "1e400", "0x10", "1:30"),
        *("9" * 400, "9" * 5000, "9" * 400 + " GiB", 10**400, 10**5000, 10**25, 1e300),
    ],
    ids=lambda value: str(type(value).__name__),
)
def test_anything_else_is_a_value_error(kind: type[Quantity], value: object) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        read_quantity(kind, value)
    assert len(str(caught.value)) < 200


@given(st.text())
def test_no_text_raises_anything_else(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert read_quantity(ByteCount, text) > 0


@given(st.integers(1, 2**63 - 1))
def test_bare_numbers_are_themselves(number: int) -> None:
    assert read_quantity(ByteCount, number) == number
    assert read_quantity(ByteCount, str(number)) == number


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (ByteCount((1 << 62) + 1), f"{(1 << 62) + 1} B"),
        (ByteCount(256 << 20), "256 MiB"),
        (ByteCount(16 << 30), "16 GiB"),
        (ByteCount(1500), "1500 B"),
        (ByteCount(5000), "5 kB"),
        (Seconds(24 * 3600), "1 d"),
        (Seconds(90), "90 s"),
        (Seconds(0.25), "250 ms"),
        (Seconds(1e-7), "0.0000001 s"),
        (PixelCount(128_000_000), "128 MP"),
        (PixelCount(640 * 480), "307200"),
    ],
)
def test_quantities_are_spelled_as_people_write_them(quantity: Quantity, text: str) -> None:
    assert spelled(quantity) == text


@given(
    st.integers(1, 1 << 50).map(ByteCount)
    | st.integers(1, 1 << 50).map(PixelCount)
    | st.floats(1e-9, 1e9).map(Seconds)
)
def test_what_is_spelled_reads_back_as_the_same(quantity: Quantity) -> None:
    assert read_quantity(type(quantity), spelled(quantity)) == quantity
