"""A channel a tile at a time, so that a detector's scratch arrays stay in the cache.

Small enough, too, that the allocator hands the same memory out again: arrays above 128 KiB come
fresh from the system each time, and touching them first costs more than the arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from underpaint_common.stego.samples import Samples

_ROWS = 32
_COLUMNS = 512


def tiles(channel: Samples, *, rows: int = 0, columns: int = 0) -> Iterator[Samples]:
    """Yield a channel in contiguous tiles of about 16 Ki samples, row by row of tiles.

    Parameters
    ----------
    channel : ndarray of uint8 or uint16, shape (height, width)
        One colour channel, laid out in memory as it may be.
    rows, columns : int
        How many last rows of a tile come again as the first of the tile below, and columns as
        the first of the tile to the right. A tile has more than that each way.
    """
    height, width = channel.shape
    for top in range(0, height - rows, _ROWS):
        strip = channel[top : top + _ROWS + rows]
        for left in range(0, width - columns, _COLUMNS):
            yield np.ascontiguousarray(strip[:, left : left + _COLUMNS + columns])


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
