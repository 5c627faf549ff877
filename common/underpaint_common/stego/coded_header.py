"""The header of mode `adaptive`: coded in a keyed slice of the samples, to change few of them.

48 bytes, one bit a sample, would be a large part of all changes where the payload is small. The
slice has one of few widths, about as many samples a bit as the body has; as they are powers of
two, an extractor tries them all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.order import keyed_order
from underpaint_common.stego.rates import divide
from underpaint_common.stego.reserved import HEADER_BYTES, HEADER_SAMPLES, SALT_SAMPLES
from underpaint_common.stego.samples import ByteStream, Octets, Samples
from underpaint_common.stego.sequence import Sequence
from underpaint_common.stego.strata import Positions, choose
from underpaint_common.stego.trellis.code import Code
from underpaint_common.stego.trellis.coding import Engine, flips
from underpaint_common.stego.trellis.metrics import HIGHEST
from underpaint_common.stego.trellis.syndrome import syndrome

WIDTHS = (1, 2, 4, 8, 16, 32, 64, 128)
"""Samples a bit that a slice may have."""

_HEIGHT = 8
_LANES = 4
_ROWS = HEADER_SAMPLES // _LANES
_UNITS = 64


def width_for(size: int, body_bytes: int) -> int:
    """Return the width for a body: the greatest that asks for no more than the body's own rate.

    Parameters
    ----------
    size : int
        Usable samples of the image.
    body_bytes : int
        Length of the sealed body.
    """
    at_most = size // (8 * (body_bytes + HEADER_BYTES))
    return max(width for width in WIDTHS if width <= max(at_most, 1))


def widths_in(size: int) -> tuple[int, ...]:
    """Return the widths whose slices an image has room for."""
    return tuple(width for width in WIDTHS if width * HEADER_SAMPLES <= size - SALT_SAMPLES)


def positions(size: int, salt: Positions, width: int, stream: ByteStream) -> Positions:
    """Return the positions of the slice in their keyed order, none of them the salt's.

    Parameters
    ----------
    size : int
        Usable samples.
    salt : ndarray of int64
        From `reserved.salt_positions`.
    width : int
        One of `widths_in`.
    stream : ByteStream
        Chooses and then orders.
    """
    rest = Sequence.without(salt.tolist(), size)
    count = width * HEADER_SAMPLES
    members = choose(count, len(rest), stream)
    members += np.searchsorted(np.array(rest.ranks), members, side="right")
    return members[keyed_order(count, stream)]


def write(
    samples: Samples,
    header: bytes,
    where: Positions,
    costs: NDArray[Any] | None,
    coins: Callable[[int], bytes],
) -> None:
    """Write the header's bits into its slice, in place, one step up or down at the least cost.

    Parameters
    ----------
    samples : ndarray of uint8 or uint16, shape (n,)
        The cover's samples.
    header : bytes
        `HEADER_BYTES` bytes that look like noise.
    where : ndarray of int64
        From `positions`.
    costs : ndarray, shape (n,), or None
        What a step costs; the same everywhere where None.
    coins : callable
        Random bytes that decide between up and down.
    """
    code = _code(where.size)
    moved = samples[where]
    price = np.ones(where.size) if costs is None else costs[where].astype(np.float64)
    division = divide(np.stack((np.zeros_like(price), price)), 1 / (where.size / HEADER_SAMPLES))
    units = np.minimum(price * division.scale * _UNITS + 0.5, HIGHEST).astype(np.uint16)
    wanted = np.unpackbits(np.frombuffer(header, np.uint8), bitorder="little")
    target = wanted.reshape(_ROWS, _LANES) ^ syndrome(_low_bits(moved), code)
    work = np.empty(Engine.NUMPY.work_bytes(_HEIGHT, code.steps, _LANES), np.uint8)
    flipped = flips(units.reshape(-1, _LANES), target, code, Engine.NUMPY, work).reshape(-1) == 1
    toss = np.unpackbits(np.frombuffer(coins(-(-where.size // 8)), np.uint8))[: where.size] == 1
    top = np.iinfo(samples.dtype).max
    up = flipped & ((toss & (moved < top)) | (moved == 0))
    moved[up] += 1
    moved[flipped & ~up] -= 1
    samples[where] = moved


def read(samples: Samples, where: Positions) -> bytes:
    """Return the bytes that `write` wrote."""
    bits = syndrome(_low_bits(samples[where]), _code(where.size))
    return np.packbits(bits.reshape(-1), bitorder="little").tobytes()


def _code(count: int) -> Code:
    return Code.of(_HEIGHT, count // _LANES, _ROWS)


def _low_bits(samples: Samples) -> Octets:
    return samples.astype(np.uint8).reshape(-1, _LANES) & np.uint8(1)
