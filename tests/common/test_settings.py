"""Settings in YAML: every mistake is told with its place and what was meant."""

from __future__ import annotations

import enum
from typing import Literal

import msgspec
import pytest

from underpaint_common import settings
from underpaint_common.errors import UsageError
from underpaint_common.units import ByteCount, Seconds


class Taste(enum.StrEnum):
    SWEET = "sweet"
    SOUR = "sour"


class Inner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    size: ByteCount = ByteCount(5)


class Outer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    colour: Literal["red", "green"] = "red"
    shape: Literal["round", "square"] | None = None
    taste: Taste = Taste.SWEET
    wait: Seconds = Seconds(1)
    count: int = 1
    inner: Inner = Inner()


def read(text: str) -> Outer:
    content = settings.refuse_unknown_keys(
        settings.read_yaml(text, source="it"), Outer, source="it"
    )
    return settings.convert(content, Outer, source="it")


def test_units_and_choices_are_read() -> None:
    found = read("colour: green\nwait: 2 min\ninner: {size: 3 kB}\ntaste: sour")
    assert (found.colour, found.wait, found.inner.size) == ("green", 120, 3000)
    assert found.taste is Taste.SOUR
    assert read("") == Outer()


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("color: red", "unknown key color", "did you mean colour?"),
        ("inner: {sise: 3}", "unknown key inner.sise", "did you mean size?"),
        ("zzz: 3", "unknown key zzz", "known: colour, shape, taste, wait, count, inner"),
        ("colour: gren", "colour: ", "did you mean green?"),
        ("colour: blue", "colour: ", "known: red, green"),
        ("shape: rond", "shape: ", "did you mean round?"),
        ("taste: swet", "taste: ", "did you mean sweet?"),
        ("wait: soon", "wait: ", "correct it there"),
        ("inner: {size: -1}", "inner.size: ", "correct it there"),
        ("inner: 3", "inner", "correct it there"),
        ("- a", "the file", "correct it there"),
        ("a: [", "YAML", "correct it there"),
        ("count: 010", "010 in line 1", "decimal"),
        ("count: 0x10", "0x10 in line 1", "decimal"),
        ("count: 1_000", "1_000 in line 1", "decimal"),
        ("count: 1:30", "1:30 in line 1", "decimal"),
        ("wait: 1:30.5", "1:30.5 in line 1", "decimal"),
        ("count: " + "9" * 5000, "99... in line 1", "decimal"),
        ("wait: .inf", "wait: ", "correct it there"),
        ("count: yes", "count: ", "correct it there"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, place: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(text)
    assert caught.value.message.startswith("it")
    assert place in caught.value.message
    assert hint in (caught.value.hint or "")
