"""A channel a strip at a time, so that a detector's scratch arrays stay in the cache."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from underpaint_common.stego.samples import Samples

_STRIP = 1 << 16


def strips(channel: Samples, overlap: int = 0) -> Iterator[Samples]:
    """Yield a channel's rows in contiguous strips of about 64 Ki samples, top to bottom.

    Parameters
    ----------
    channel : ndarray of uint8 or uint16, shape (height, width)
        One colour channel, laid out in memory as it may be.
    overlap : int
        How many rows of a strip come again as the first rows of the next. A strip has more rows
        than that, or there is none.
    """
    height, width = channel.shape
    step = max(_STRIP // max(width, 1), 1)
    for top in range(0, height - overlap, step):
        yield np.ascontiguousarray(channel[top : top + step + overlap])


def check_channel(channel: Samples, least: int) -> None:
    """Refuse what is no channel of at least so many pixels each way.

    Raises
    ------
    ValueError
        If it is not.
    """
    if channel.ndim != 2 or min(channel.shape) < least:
        raise ValueError(
            f"one channel of shape (height, width), at least {least} each way, is needed"
        )
