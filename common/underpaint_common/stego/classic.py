"""Mode `classic`: the scheme this project began from, kept for teaching and comparison.

The body's bits replace the k low planes of the cover's samples in order: sample i of the
sequence takes bits ``k * i`` to ``k * i + k - 1``, the first of them highest. Plain replacement, so
that what it does to a picture can be seen beside what `planes` does.
"""

from __future__ import annotations

import numpy as np

from underpaint_common.stego.samples import BLOCK, MAX_PLANES, Octets, Samples
from underpaint_common.stego.sequence import Sequence

DEFAULT_PLANES = 4


def capacity(members: int, planes: int) -> int:
    """Return how many bytes `members` samples bear in `planes` planes."""
    return members * planes // 8


def embed(
    samples: Samples, body: bytes | bytearray | memoryview, *, sequence: Sequence, planes: int
) -> None:
    """Write a body into the low planes of the first samples of the sequence, in place.

    Parameters
    ----------
    samples : ndarray of uint8 or uint16, shape (n,)
        The cover's samples; what is reserved in `sequence` stays as it is.
    body : bytes-like
        At most ``capacity(len(sequence), planes)`` bytes.
    sequence : Sequence
        Which samples may bear the body.
    planes : int
        1 to 8.

    Raises
    ------
    ValueError
        If the body does not fit, or there is no such number of planes.
    """
    data = np.frombuffer(body, np.uint8)
    kind = samples.dtype.type
    block: Samples = np.empty(BLOCK, samples.dtype)
    for start, stop in sequence.blocks(_samples_used(data.size, planes, sequence)):
        part = block[: stop - start]
        sequence.gather(samples, start, part)
        low = _values(data[start * planes // 8 : -(-stop * planes // 8)], planes, part.size)
        part &= ~kind((1 << planes) - 1)
        part |= low
        sequence.scatter(part, start, samples)


def extract(samples: Samples, length: int, *, sequence: Sequence, planes: int) -> bytearray:
    """Return the body of `length` bytes that `embed` wrote.

    Raises
    ------
    ValueError
        If so much cannot be in there, or there is no such number of planes.
    """
    # Before anything is allocated: the length is what a header claims.
    used = _samples_used(length, planes, sequence)
    body = bytearray(length)
    data = np.frombuffer(body, np.uint8)
    block: Samples = np.empty(BLOCK, samples.dtype)
    for start, stop in sequence.blocks(used):
        part = block[: stop - start]
        sequence.gather(samples, start, part)
        target = data[start * planes // 8 : -(-stop * planes // 8)]
        target[:] = _bytes(part.astype(np.uint8, copy=False), planes)[: target.size]
    return body


def _samples_used(length: int, planes: int, sequence: Sequence) -> int:
    """Return how many samples a body takes."""
    if not 1 <= planes <= MAX_PLANES:
        raise ValueError(f"{planes} planes: 1 to {MAX_PLANES} are possible")
    if length > capacity(len(sequence), planes):
        raise ValueError(f"{length} bytes do not fit {len(sequence)} samples")
    return -(-8 * length // planes)


def _values(data: Octets, planes: int, count: int) -> Octets:
    """Return the values of `count` samples; bits past the end of the data are zero."""
    if planes == 8:
        return data
    if planes == 4 and count % 2 == 0:
        values = np.empty((data.size, 2), np.uint8)
        np.right_shift(data, np.uint8(4), out=values[:, 0])
        np.bitwise_and(data, np.uint8(0x0F), out=values[:, 1])
        return values.reshape(-1)
    bits = np.unpackbits(data, count=count * planes).reshape(count, planes)
    values = bits[:, 0].copy()
    for place in range(1, planes):
        np.left_shift(values, np.uint8(1), out=values)
        np.bitwise_or(values, bits[:, place], out=values)
    return values


def _bytes(values: Octets, planes: int) -> Octets:
    """Return the bytes that the low bits of `values` make up, the last one filled with zeros."""
    if planes == 8:
        return values
    if planes == 4 and values.size % 2 == 0:
        pairs = values.reshape(-1, 2)
        return (pairs[:, 0] << np.uint8(4)) | (pairs[:, 1] & np.uint8(0x0F))
    bits = np.empty((values.size, planes), np.uint8)
    for place in range(planes):
        np.right_shift(values, np.uint8(planes - 1 - place), out=bits[:, place])
    np.bitwise_and(bits, np.uint8(1), out=bits)
    return np.packbits(bits)
