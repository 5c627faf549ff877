"""Filters against the definition of PNG specification 3, section 9.2, byte by byte."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from underpaint_common.pictures.png_filters import (
    Bytes,
    RowFilter,
    filter_adaptively,
    filter_none,
    filter_up,
)


def unfilter(kind: int, filtered: bytes, above: bytes, pixel_bytes: int) -> bytes:
    """Undo one row's filter as the specification words it."""
    row = bytearray()
    for at, value in enumerate(filtered):
        a = row[at - pixel_bytes] if at >= pixel_bytes else 0
        b = above[at]
        c = above[at - pixel_bytes] if at >= pixel_bytes else 0
        distances = {n: abs(a + b - c - n) for n in (c, b, a)}
        paeth = min((a, b, c), key=lambda n: distances[n])
        row.append((value + (0, a, b, (a + b) // 2, paeth)[kind]) & 0xFF)
    return bytes(row)


@given(
    rows=hnp.arrays(np.uint8, st.tuples(st.integers(1, 6), st.just(24))),
    pixel_bytes=st.sampled_from([1, 2, 3, 4, 6, 8]),
    row_filter=st.sampled_from([filter_none, filter_up, filter_adaptively]),
)
def test_unfiltering_returns_the_rows(rows: Bytes, pixel_bytes: int, row_filter: RowFilter) -> None:
    above = np.vstack([np.zeros((1, 24), np.uint8), rows[:-1]])
    out = np.empty((len(rows), 25), np.uint8)
    row_filter(rows, above, pixel_bytes, out)
    for row, over, filtered in zip(rows, above, out, strict=True):
        plain = unfilter(int(filtered[0]), filtered[1:].tobytes(), over.tobytes(), pixel_bytes)
        assert plain == row.tobytes()


@given(rows=hnp.arrays(np.uint8, st.tuples(st.integers(2, 6), st.just(24))))
def test_adaptive_choice_has_the_smallest_sum(rows: Bytes) -> None:
    above = np.vstack([np.zeros((1, 24), np.uint8), rows[:-1]])
    chosen, by_row_above = np.empty((2, len(rows), 25), np.uint8)
    filter_adaptively(rows, above, 3, chosen)
    filter_up(rows, above, 3, by_row_above)

    def sums(filtered: Bytes) -> list[int]:
        return [sum(min(v, 256 - v) for v in row[1:].tolist()) for row in filtered]

    pairs = zip(sums(chosen), sums(by_row_above), strict=True)
    assert all(one <= other for one, other in pairs)
