"""Samples set aside before the body is placed: those of the salt, and those of the header.

The salt's samples are read and never changed; which they are depends on the stego key alone.
The header's depend on key and salt: positions from the key alone can be found by
pooling many stego images made under one key.
"""

from __future__ import annotations

import numpy as np

from underpaint_common.stego.nearest import Windows, move_to_nearest
from underpaint_common.stego.samples import ByteStream, Samples, like
from underpaint_common.stego.sequence import Sequence
from underpaint_common.stego.strata import Positions, choose

SALT_SAMPLES = 256
HEADER_BYTES = 48
HEADER_SAMPLES = 8 * HEADER_BYTES
RESERVED_SAMPLES = SALT_SAMPLES + HEADER_SAMPLES


def salt_positions(size: int, stream: ByteStream) -> Positions:
    """Return the positions of the salt's samples among `size` samples, ascending.

    Raises
    ------
    ValueError
        If there are fewer than `RESERVED_SAMPLES` samples.
    """
    if size < RESERVED_SAMPLES:
        raise ValueError(f"{size} samples: at least {RESERVED_SAMPLES} are needed")
    return choose(SALT_SAMPLES, size, stream)


def salt_values(samples: Samples, positions: Positions) -> bytes:
    """Return what the salt is computed from: the samples as little-endian 16-bit words."""
    return samples[positions].astype("<u2").tobytes()


def header_positions(size: int, salt: Positions, stream: ByteStream) -> Positions:
    """Return the positions of the header's samples, ascending, none of them the salt's."""
    rest = Sequence.without(salt.tolist(), size)
    members = choose(HEADER_SAMPLES, len(rest), stream)
    return np.array([rest.position(member) for member in members.tolist()], np.int64)


def write_header(samples: Samples, header: bytes, positions: Positions, coins: ByteStream) -> None:
    """Write the header's bits into plane 0 of its samples, in place, by plus-minus-one matching.

    Parameters
    ----------
    samples : ndarray of uint8 or uint16, shape (n,)
        The cover's samples.
    header : bytes
        `HEADER_BYTES` bytes that look like noise; the first bit is the lowest of the first byte.
    positions : ndarray of int64
        From `header_positions`.
    coins : ByteStream
        Decides between one step up and one step down.
    """
    bits = np.unpackbits(np.frombuffer(header, np.uint8), bitorder="little")
    flips = np.unpackbits(np.frombuffer(coins(HEADER_BYTES), np.uint8))
    moved = samples[positions]
    windows = Windows.of(np.ones(HEADER_SAMPLES, samples.dtype))
    move_to_nearest(moved, like(moved, bits), like(moved, flips), windows)
    samples[positions] = moved


def read_header(samples: Samples, positions: Positions) -> bytes:
    """Return the bytes that `write_header` wrote."""
    bits = samples[positions].astype(np.uint8) & np.uint8(1)
    return np.packbits(bits, bitorder="little").tobytes()
