"""Payload bytes to values of k bits, a block at a time, and back.

k is split into fields of 8, 4, 2 and 1 bits; each field of a block takes its own run of bytes,
and value number ``j * q + i`` takes bits ``w * j`` and up of byte i, q being the bytes of the run
and w the width. So every step is one shift over contiguous memory; interleaving the bits sample
by sample would cost several times as much and mean nothing, as the bytes are noise.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.samples import MAX_PLANES, Octets

_Words: TypeAlias = Octets | NDArray[np.uint64]


def widths(bits: int) -> tuple[int, ...]:
    """Return the field widths that make up values of `bits` bits, widest first.

    Raises
    ------
    ValueError
        If `bits` is not between 0 and 8.
    """
    if not 0 <= bits <= MAX_PLANES:
        raise ValueError(f"values of {bits} bits: 0 to {MAX_PLANES} are possible")
    return tuple(width for width in (8, 4, 2, 1) if bits & width)


def spread(data: Octets, bits: int, values: Octets, scratch: Octets) -> None:
    """Write the bits of `data` into `values`.

    Parameters
    ----------
    data : ndarray of uint8
        Exactly ``values.size * bits / 8`` bytes.
    bits : int
        Bits a value, 0 to 8.
    values : ndarray of uint8, shape (8 m,)
        Overwritten.
    scratch : ndarray of uint8
        At least as long as `values`; overwritten.
    """
    if bits == 0:
        values.fill(0)
    shift, start = bits, 0
    for width in widths(bits):
        shift -= width
        run = data[start : start + values.size * width // 8]
        # The first field is written where it belongs, the others are added to it.
        target = scratch[: values.size] if start else values
        for turn in range(8 // width):
            part = target[turn * run.size : (turn + 1) * run.size]
            _move(run, shift - turn * width, part)
        _keep(target, ((1 << width) - 1) << shift)
        if start:
            np.bitwise_or(values, target, out=values)
        start += run.size


def collect(values: Octets, bits: int, data: Octets, scratch: Octets) -> None:
    """Read from `values` what `spread` wrote; higher bits of the values are ignored.

    Parameters
    ----------
    values : ndarray of uint8, shape (8 m,)
        The low bytes of the samples.
    bits : int
        Bits a value, 0 to 8.
    data : ndarray of uint8
        Exactly ``values.size * bits / 8`` bytes, overwritten.
    scratch : ndarray of uint8
        At least as long as `values`; overwritten.
    """
    shift, start = bits, 0
    for width in widths(bits):
        shift -= width
        run = data[start : start + values.size * width // 8]
        start += run.size
        for turn in range(8 // width):
            target = scratch[: run.size] if turn else run
            _move(values[turn * run.size : (turn + 1) * run.size], turn * width - shift, target)
            _keep(target, ((1 << width) - 1) << (turn * width))
            if turn:
                np.bitwise_or(run, target, out=run)


def _move(source: Octets, places: int, target: Octets) -> None:
    """Shift every byte up by `places` (down where negative); what crosses bytes is masked later."""
    wide_source, wide_target = _wide(source), _wide(target)
    kind = wide_source.dtype.type
    if wide_source.dtype != wide_target.dtype:
        wide_source, wide_target, kind = source, target, np.uint8
    if places > 0:
        np.left_shift(wide_source, kind(places), out=wide_target)
    elif places < 0:
        np.right_shift(wide_source, kind(-places), out=wide_target)
    else:
        np.copyto(target, source)


def _keep(target: Octets, mask: int) -> None:
    """Clear the bits outside `mask` in every byte."""
    if mask != 0xFF:
        np.bitwise_and(target, np.uint8(mask), out=target)


def _wide(array: Octets) -> _Words:
    """Return the array as words of 8 bytes where it can be one: numpy shifts those faster."""
    if array.size % 8 or array.ctypes.data % 8:
        return array
    return array.view(np.uint64)
