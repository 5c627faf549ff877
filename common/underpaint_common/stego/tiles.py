"""A channel a tile at a time, so that scratch arrays stay in the cache.

Small enough, too, that the allocator hands the same memory out again: arrays above 128 KiB come
fresh from the system each time, and touching them first costs more than the arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from underpaint_common.stego.samples import Samples

TILE = (32, 512)
"""Rows and columns of a tile where nothing else is asked for."""


def tiles(
    channel: Samples, *, rows: int = 0, columns: int = 0, size: tuple[int, int] = TILE
) -> Iterator[Samples]:
    """Yield a channel in contiguous tiles, row by row of tiles.

    Parameters
    ----------
    channel : ndarray of uint8 or uint16, shape (height, width)
        One colour channel, laid out in memory as it may be.
    rows, columns : int
        How many last rows of a tile come again as the first of the tile below, and columns as
        the first of the tile to the right. A tile has more than that each way.
    size : (int, int)
        Rows and columns that a tile has besides.
    """
    height, width = channel.shape
    for top in range(0, height - rows, size[0]):
        strip = channel[top : top + size[0] + rows]
        for left in range(0, width - columns, size[1]):
            yield np.ascontiguousarray(strip[:, left : left + size[1] + columns])


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
