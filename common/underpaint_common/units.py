"""Sizes, times and pixel counts as people write them: `64 MiB`, `30 s`, `128 MP`.

The types are the numbers themselves (bytes, seconds, pixels), so that everything else calculates
with them; only configuration files and command lines know how they are spelled.
"""

from __future__ import annotations

import re
from decimal import Decimal

_QUANTITY = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?) *(?P<unit>[A-Za-z]*)")
_MOST_CHARACTERS = 60
_SHOWN_CHARACTERS = 40

_BYTES = {
    "": 1,
    "B": 1,
    **{f"{prefix}B": 1000**power for power, prefix in enumerate("kMGT", start=1)},
    **{f"{prefix}iB": 1024**power for power, prefix in enumerate("KMGT", start=1)},
}
_SECONDS = {"": 1.0, "ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_PIXELS = {"": 1, "MP": 1_000_000, "GP": 1_000_000_000}


class ByteCount(int):
    """A number of bytes."""

    @classmethod
    def parse(cls, text: str) -> ByteCount:
        """Read `500 kB` or `64 MiB`; a bare number is bytes."""
        return cls(round(_scaled(text, _BYTES, example="64 MiB")))


class Seconds(float):
    """A span of time in seconds."""

    @classmethod
    def parse(cls, text: str) -> Seconds:
        """Read `250 ms`, `30 s`, `5 min`, `12 h` or `1 d`; a bare number is seconds."""
        return cls(_scaled(text, _SECONDS, example="30 s"))


class PixelCount(int):
    """A number of pixels."""

    @classmethod
    def parse(cls, text: str) -> PixelCount:
        """Read `128 MP`; a bare number is pixels."""
        return cls(round(_scaled(text, _PIXELS, example="128 MP")))


Quantity = ByteCount | Seconds | PixelCount
_MOST: dict[type[Quantity], Quantity] = {
    ByteCount: ByteCount((1 << 63) - 1),  # what files and databases count to
    Seconds: Seconds(36_500 * 86_400),  # a hundred years: clocks and calendars hold more, not much
    PixelCount: PixelCount((1 << 63) - 1),
}


def read_quantity(kind: type[Quantity], value: object) -> Quantity:
    """Turn what a configuration file or an option holds into a quantity.

    Parameters
    ----------
    kind : type
        ByteCount, Seconds or PixelCount.
    value : object
        A text with a unit, or a number in the base unit.

    Raises
    ------
    ValueError
        It is neither, not positive, or more than anybody can mean.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("neither a number nor a text with a unit")
    most = _MOST[kind]
    if isinstance(value, int) and value > most:
        raise ValueError(f"must be at most {spelled(most)}")
    quantity = kind.parse(str(value))
    if not quantity > 0:
        raise ValueError("must be more than 0")
    if quantity > most:
        raise ValueError(f"must be at most {spelled(most)}")
    return quantity


def spelled(quantity: Quantity) -> str:
    """Return a quantity as people write it: in the largest unit of which it is a whole number.

    What is returned reads back as the same quantity.
    """
    units: dict[str, float] | dict[str, int]
    units = {ByteCount: _BYTES, Seconds: _SECONDS, PixelCount: _PIXELS}[type(quantity)]
    for unit, size in sorted(units.items(), key=lambda item: (item[1], item[0]), reverse=True):
        count = round(Decimal(quantity) / Decimal(str(size)))
        if count >= 1 and count * size == quantity:
            return f"{count} {unit}".rstrip()
    return f"{Decimal(repr(float(quantity))):f} s"


def _scaled(text: str, units: dict[str, float] | dict[str, int], *, example: str) -> Decimal:
    shown = text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."
    match = _QUANTITY.fullmatch(text.strip()) if len(text) <= _MOST_CHARACTERS else None
    if match is None or match["unit"] not in units:
        known = ", ".join(unit for unit in units if unit)
        raise ValueError(f"{shown!r} is not understood (write it like {example}; units: {known})")
    return Decimal(match["number"]) * Decimal(str(units[match["unit"]]))
