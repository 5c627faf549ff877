"""Keyed orders: a permutation from a key stream, in integers alone."""

from __future__ import annotations

import numpy as np

from underpaint_common.stego.samples import ByteStream
from underpaint_common.stego.strata import Positions


def keyed_order(count: int, stream: ByteStream) -> Positions:
    """Return 0 to ``count - 1`` ordered by the stream's next 16-bit words, one for each number.

    Numbers with equal words keep their order: numpy sorts 16-bit words by counting, ten times as
    fast as it sorts longer ones, and nothing here needs equal words to be ordered by chance.

    Parameters
    ----------
    count : int
        How many; as many times 2 bytes are taken, read as little-endian words.
    stream : ByteStream
        What decides.
    """
    words = np.frombuffer(stream(2 * count), "<u2").astype(np.uint16, copy=False)
    return words.argsort(kind="stable").astype(np.int64, copy=False)
