"""The engine of minimal distortion.

Integers, what a step up and a step down of each costs, a keyed order and message bytes make
integers that bear the message, at nearly the least cost. What is written where is fixed by `Shape`
alone: how many lanes are worked on at a time, and by what, is not part of the format.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TypeAlias

import numpy as np

from underpaint_common.stego import fields
from underpaint_common.stego.cores import cores
from underpaint_common.stego.ladder import Ladder, Prices, Steps
from underpaint_common.stego.lanes import Lanes, Piece
from underpaint_common.stego.samples import BLOCK, Octets
from underpaint_common.stego.strata import Positions
from underpaint_common.stego.trellis.code import Code
from underpaint_common.stego.trellis.coding import Engine
from underpaint_common.stego.weaving import Integers, Weaving

Progress: TypeAlias = Callable[[float], None]
"""Told now and then which share of the work is done, 0 to 1."""

Lean: TypeAlias = Callable[[Integers], tuple[Steps, float]]
"""Told the values so far, returns what each of them leans to, and the scale that goes with it."""

LAYERS = 3
TURNS = 6
"""Turns that the lanes take where later steps follow earlier ones.

With three, a third of the steps find no neighbour to follow; more than six gain nothing.
"""
TURNS_OF_RUNS = 4
"""The same in long runs: it parts a sample from its neighbours in the run, 1 to 3 places away."""

WORK_BYTES = 64 << 20
"""What the survivors of all threads may take together."""

_LANES_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class Shape:
    """How a message lies in samples: all that an extractor must know beside the key.

    Parameters
    ----------
    lanes : Lanes
        How the samples are dealt out.
    height : int
        Constraint height of the codes.
    direct : int
        Low planes written directly.
    rows : tuple of int
        Message bits a lane in each of `LAYERS` coded planes, the highest first.
    """

    lanes: Lanes
    height: int
    direct: int
    rows: tuple[int, ...]

    @property
    def direct_bytes(self) -> int:
        """Message bytes in the planes written directly; they come first."""
        return self.direct * self.lanes.size // 8

    @property
    def coded_bits(self) -> int:
        """Bits that the coded planes bear."""
        return sum(self.rows) * self.lanes.lanes

    def codes(self) -> tuple[Code, ...]:
        """Return the code of each layer.

        Raises
        ------
        ValueError
            If there is none.
        """
        return tuple(Code.of(self.height, self.lanes.steps, rows) for rows in self.rows)


def embed(
    values: Integers,
    message: Octets,
    shape: Shape,
    *,
    order: Positions,
    prices: Prices,
    scale: float,
    noise: Callable[[int], bytes],
    progress: Progress | None = None,
    lean: Lean | None = None,
) -> None:
    """Embed message bytes into flat integers, in place.

    Parameters
    ----------
    values : ndarray of integers, shape (n,)
        As many as `shape.lanes` was made for.
    message : ndarray of uint8
        Bytes that look like noise: those of the direct planes, then those of the coded ones.
    shape : Shape
        Where they go.
    order : ndarray of int64
        From `shape.lanes.order`.
    prices : Prices
        What steps cost, of all values.
    scale : float
        From `rates.divide`.
    noise : callable
        Random bytes, for what the message leaves open.
    progress : callable, optional
        Is told of progress.
    lean : callable, optional
        Makes lanes take turns, and is asked between them.
    """
    ladder = Ladder(shape.direct, 2 if shape.rows[0] == 0 else LAYERS)
    codes = shape.codes()[LAYERS - ladder.layers :]
    row_bytes = -(-shape.lanes.lanes // 8)
    plain = prices.through(shape.lanes.cut)
    weaving = Weaving(
        ladder=ladder,
        codes=codes,
        runs=shape.lanes.cut(values),
        order=order,
        prices=plain,
        scale=scale,
        low=_direct_values(message, shape),
        messages=_coded_bits(message, shape, codes, noise),
        coins=np.frombuffer(noise(shape.lanes.steps * row_bytes), np.uint8).reshape(-1, row_bytes),
        engine=Engine.best(shape.lanes.size * ladder.layers << shape.height),
    )
    turns = _turns(shape.lanes) if lean is not None else 1
    for turn in range(turns):
        if lean is not None and turn:
            # What they leaned to before is let go of first: it is as large as the picture.
            weaving = dataclasses.replace(weaving, prices=plain)
            weaving = _leaning(weaving, prices, shape.lanes, *lean(values))
        share = None if progress is None else _part_of(progress, turn, turns)
        _in_threads(weaving, shape, (turn, turns), share)


def _turns(lanes: Lanes) -> int:
    return TURNS_OF_RUNS if lanes.run > 1 else TURNS


def _leaning(weaving: Weaving, prices: Prices, lanes: Lanes, leans: Steps, scale: float) -> Weaving:
    leaning = dataclasses.replace(prices, lean=leans).through(lanes.cut)
    return dataclasses.replace(weaving, prices=leaning, scale=scale)


def _part_of(progress: Progress, turn: int, turns: int) -> Progress:
    return lambda share: progress((turn + share) / turns)


def _direct_values(message: Octets, shape: Shape) -> Octets | None:
    """Return the low bits of every sample of the matrix."""
    if shape.direct == 0:
        return None
    values = np.empty(shape.lanes.size, np.uint8)
    scratch = np.empty(BLOCK, np.uint8)
    for start in range(0, values.size, BLOCK):
        part = values[start : start + BLOCK]
        where = slice(start * shape.direct // 8, (start + part.size) * shape.direct // 8)
        fields.spread(message[where], shape.direct, part, scratch)
    return shape.lanes.split(values)


def _coded_bits(
    message: Octets, shape: Shape, codes: tuple[Code, ...], noise: Callable[[int], bytes]
) -> tuple[Octets, ...]:
    """Return each layer's bits, shape (rows, across, run); noise after the message's end."""
    coded = message[shape.direct_bytes :]
    missing = -(-shape.coded_bits // 8) - coded.size
    filled = np.concatenate((coded, np.frombuffer(noise(missing), np.uint8)))
    bits = np.unpackbits(filled, bitorder="little")
    found, start = [], 0
    for code in codes:
        stop = start + code.bits * shape.lanes.lanes
        found.append(shape.lanes.split(bits[start:stop]))
        start = stop
    return tuple(found)


def _in_threads(
    weaving: Weaving, shape: Shape, turn: tuple[int, int], progress: Progress | None
) -> None:
    """Work on the lanes of one turn of so many, some at a time, within `WORK_BYTES`."""
    engine, height, steps = weaving.engine, shape.height, shape.lanes.steps
    least = engine.work_bytes(height, steps, 8)
    workers = max(1, min(engine.threads or cores(), WORK_BYTES // least))
    pieces = _pieces(engine, height, shape.lanes, turn, workers)
    if not pieces:
        return
    widest = max(piece.lanes for piece in pieces)
    spaces: SimpleQueue[Octets] = SimpleQueue()
    for _ in range(workers):
        spaces.put(np.empty(engine.work_bytes(height, steps, widest), np.uint8))

    def weave(piece: Piece) -> None:
        # The same work space for one piece after another: fresh memory is slow memory.
        work = spaces.get()
        try:
            weaving.weave(piece, work)
        finally:
            spaces.put(work)

    pool = ThreadPoolExecutor(workers)
    try:
        waiting = [pool.submit(weave, piece) for piece in pieces]
        for done, future in enumerate(as_completed(waiting), 1):
            future.result()
            if progress is not None:
                progress(done / len(pieces))
    finally:
        pool.shutdown(cancel_futures=True)


def _pieces(
    engine: Engine, height: int, lanes: Lanes, turn: tuple[int, int], workers: int
) -> list[Piece]:
    """Return equal shares of a turn's lanes: of whole runs, where those are not too long."""
    most = min(_LANES_AT_ONCE, engine.lanes_at_once(height))
    width = -(-lanes.run // turn[1])
    by_runs = lanes.run > 1 and width <= most
    unit, total = (width, lanes.across * width) if by_runs else (8, -(-lanes.lanes // turn[1]))
    count = min(round(most / unit), -(-total // (unit * workers)))
    room = WORK_BYTES // workers
    while count > 1 and engine.work_bytes(height, lanes.steps, count * unit) > room:
        count -= 1
    shares = -(-total // (count * unit))
    return list(lanes.pieces(-(-total // (shares * unit)) * unit, *turn))
