"""Charts hold what they are drawn from."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from underpaint_client.inspect import charts


@given(arrays(st.sampled_from([np.uint8, np.uint16]), st.tuples(st.integers(1, 9), st.just(7))))
def test_every_sample_is_counted(channel):
    counts = charts.histogram(channel)
    shift = 8 * (channel.dtype.itemsize - 1)
    expected = np.bincount(channel.reshape(-1).astype(int) >> shift, minlength=256)
    assert np.array_equal(counts, expected)


def parts(chart: str, attribute: str) -> list[tuple[str, str]]:
    """Return the classes of a chart's lines and areas, and what draws them."""
    return re.findall(rf'<\w+ class="(\w+)" {attribute}="([^"]*)"/>', chart)


def test_a_histogram_has_a_bar_a_value_and_the_covers_line():
    image, cover = np.zeros(256, np.int64), np.zeros(256, np.int64)
    image[3], image[0], cover[4] = 10, 10_000, 20
    alone = charts.histogram_chart('r<e"d', image, None)
    assert 'aria-label="histogram of r&lt;e&quot;d"' in alone
    assert [kind for kind, _ in parts(alone, "d")] == ["image"]
    both = parts(charts.histogram_chart("red", image, cover), "d")
    assert [kind for kind, _ in both] == ["image", "cover"]
    assert all(path.count("h1") == 256 for _, path in both)
    # The pile at 0 does not flatten the rest: both reach as high as the chart goes.
    assert parts(alone, "d")[0][1].startswith("M0 100V0h1V100h1V100h1V4.8h1")


def test_empty_histograms_are_drawn():
    assert parts(charts.histogram_chart("red", np.zeros(256, np.int64), None), "d")


def test_a_curve_goes_from_left_to_right():
    lines = parts(charts.curve_chart([0.0, 1.0, 0.5], [0.0, 0.0, 0.0]), "points")
    assert [kind for kind, _ in lines] == ["cover", "image"]
    assert lines[1][1] == "0.0,150.0 200.0,0.0 400.0,75.0"
