"""Extraction: message bits are the syndrome of the samples' bits. Integers, the same anywhere."""

from __future__ import annotations

import numpy as np

from underpaint_common.stego.samples import Octets
from underpaint_common.stego.trellis.code import Code


def syndrome(bits: Octets, code: Code) -> Octets:
    """Return the message bits of many lanes.

    Parameters
    ----------
    bits : ndarray of uint8, shape (steps, width)
        Any number of lanes, their bits packed or not: every operation is an exclusive-or.
    code : Code
        The code of every lane.

    Returns
    -------
    ndarray of uint8, shape (code.bits, width)
        Lanes as they came.
    """
    message = np.zeros((code.bits, bits.shape[1]), np.uint8)
    widths = np.diff(code.edges)
    for width in np.unique(widths).tolist():
        blocks = np.flatnonzero(widths == width)
        for place in range(width):
            steps = code.edges[blocks] + place
            _add(message, blocks, bits[steps], code.columns[steps])
    return message


def _add(message: Octets, blocks: np.ndarray, bits: Octets, columns: np.ndarray) -> None:
    """Add what one place of equally wide blocks contributes; the last blocks' columns are cut."""
    for row in range(int(columns.max()).bit_length()):
        having = (columns >> row) & 1 == 1
        if having.all():
            _xor(message, blocks + row, bits)
        elif having.any():
            _xor(message, blocks[having] + row, bits[having])


def _xor(message: Octets, rows: np.ndarray, bits: Octets) -> None:
    """Add bits to rows, which are distinct; a run of rows without copying them."""
    if rows[-1] - rows[0] == rows.size - 1:
        message[rows[0] : rows[-1] + 1] ^= bits
    else:
        message[rows] ^= bits
