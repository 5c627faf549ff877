"""Mode `adaptive`: minimal distortion, by syndrome-trellis codes over what a step costs.

Up to one bit per sample two layers bear the message and steps are weighed by what `costs` says;
above, low planes are written directly and three layers on top make the squared error least. Where
the payload is so small that codes of the greatest width would not be filled, samples are left out
evenly, by key.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego import layered, unweaving
from underpaint_common.stego.ladder import Ladder, Prices, Steps, Weights
from underpaint_common.stego.lanes import Lanes
from underpaint_common.stego.layered import LAYERS, Progress, Shape
from underpaint_common.stego.neighbours import Neighbours
from underpaint_common.stego.rates import divide, rows_of
from underpaint_common.stego.samples import ByteStream, Samples
from underpaint_common.stego.sequence import Sequence
from underpaint_common.stego.thinning import Thinning
from underpaint_common.stego.trellis.coding import Engine
from underpaint_common.stego.trellis.columns import MAX_WIDTH

MOST_BITS = 6
"""The most bits per sample; one sample bears 8 at most in any mode."""

_SAMPLES_A_BYTE = 400
"""More samples than that for one byte are not used: codes would be too wide."""

_REPRESENTATIVE = 1 << 14

_SECONDS_A_COST = 4e-8
"""What all but the trellis takes for a sample in a layer, most of it working out what bits cost."""

Costs: TypeAlias = Weights


@dataclass(frozen=True, slots=True)
class Plan:
    """What embedding has to know, and extraction learns from the header but for `scale`.

    Parameters
    ----------
    shape : Shape
        How the body lies in the samples that are used.
    used : int
        How many of the members are used.
    scale : float
        Factor of the costs; 0 where nobody embeds.
    """

    shape: Shape
    used: int
    scale: float = 0.0

    @property
    def weighs_costs(self) -> bool:
        """Whether steps are weighed by more than their square."""
        return self.shape.rows[0] == 0 and self.shape.direct == 0


def used_members(members: int, length: int) -> int:
    """Return how many of the members a body of `length` bytes is spread over."""
    return min(members, _SAMPLES_A_BYTE * length)


def capacity(members: int, bits: int = MOST_BITS) -> int:
    """Return how many bytes so many members bear in at most so many bits per sample."""
    return bits * Lanes.of(members).size // 8


def seconds(members: int, length: int, height: int) -> float:
    """Return about how long embedding takes, rather too much than too little."""
    used = used_members(members, length)
    layers = 2 if 8 * length <= used else LAYERS
    return used * layers * _SECONDS_A_COST + Engine.seconds(used * layers << height)


def planned(members: int, length: int, height: int, direct: int, upper: tuple[int, int]) -> Plan:
    """Return the plan that a header speaks of.

    Raises
    ------
    ValueError
        If there is no such plan.
    """
    used = used_members(members, length)
    lanes = Lanes.of(used, 8 * length, height)
    coded = length - direct * lanes.size // 8
    if lanes.size == 0 or coded < 0 or direct > MOST_BITS - 1:
        raise ValueError(f"{length} bytes do not fit {members} samples")
    lowest = -(-8 * coded // lanes.lanes) - sum(upper)
    if lowest < 0:
        raise ValueError("the layers bear more than the body has")
    shape = Shape(lanes, height, direct, (*upper, lowest))
    shape.codes()
    return Plan(shape, used)


def plan(samples: Samples, costs: Costs | None, members: int, length: int, height: int) -> Plan:
    """Return how a body is best divided among the layers.

    Parameters
    ----------
    samples : ndarray of uint8 or uint16, shape (n,)
        The cover's samples.
    costs : ndarray of float16 or float32, shape (n,), or None
        What one step up or down costs; the same everywhere where None.
    members : int
        How many samples may bear the body.
    length : int
        Bytes of the body.
    height : int
        Constraint height.

    Raises
    ------
    ValueError
        If it does not fit.
    """
    if length > capacity(members):
        raise ValueError(f"{length} bytes do not fit {members} samples")
    used = used_members(members, length)
    lanes = Lanes.of(used, 8 * length, height)
    rate = 8 * length / lanes.size
    ladder = Ladder(0, 2) if rate <= 1 else Ladder(max(int(rate) - 1, 0), LAYERS)
    bits = -(-(8 * length - ladder.direct * lanes.size) // lanes.lanes)
    weighed = costs if rate <= 1 else None
    division = divide(_energies(samples, weighed, ladder), bits / lanes.steps)
    rows = rows_of(division, bits, lanes.steps, -(-lanes.steps // MAX_WIDTH))
    rows = (0,) * (LAYERS - len(rows)) + rows
    return Plan(Shape(lanes, height, ladder.direct, rows), used, division.scale)


def _energies(
    samples: Samples, costs: Costs | None, ladder: Ladder, lean: Steps | None = None
) -> NDArray[np.float64]:
    """Return what the classes of some samples cost, their low bits being random."""
    stride = -(-samples.size // _REPRESENTATIVE)
    values = samples[::stride].astype(np.int32)
    weights = None if costs is None else costs[::stride].astype(np.float32)
    rng = np.random.default_rng(0)
    low = rng.integers(0, 1 << ladder.direct, values.size, np.uint8) if ladder.direct else None
    leans = None if lean is None else lean[::stride]
    prices = Prices(weights, weights, 0, int(np.iinfo(samples.dtype).max), leans)
    prices = prices.part(slice(None))
    return np.stack(ladder.energies(values, low, prices, 1.0)).astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class _Following:
    """What members lean to between turns, `samples` being the cover's until all are embedded."""

    samples: Samples
    costs: Costs
    thinning: Thinning
    neighbours: Neighbours
    plan: Plan

    def __call__(self, moved: Samples) -> tuple[Steps, float]:
        """Return what the members lean to, and the factor of their costs then."""
        after = self.samples.copy()
        self.thinning.scatter(moved, after)
        everywhere = self.neighbours.lean(self.samples, after)
        del after
        lean = self.thinning.gather(everywhere)
        shape = self.plan.shape
        energies = _energies(moved, self.costs, Ladder(shape.direct, 2), lean)
        return lean, divide(energies, sum(shape.rows) / shape.lanes.steps).scale


def embed(
    samples: Samples,
    body: bytes | bytearray | memoryview,
    plan: Plan,
    *,
    sequence: Sequence,
    costs: Costs | None,
    positions: ByteStream,
    coins: Callable[[int], bytes],
    progress: Progress | None = None,
    neighbours: Neighbours | None = None,
) -> None:
    """Embed a body into flat samples, in place.

    Parameters
    ----------
    samples : ndarray of uint8 or uint16, shape (n,)
        The cover's samples; what is reserved in `sequence` stays as it is.
    body : bytes-like
        Of the length that the plan was made for.
    plan : Plan
        From `plan`, for these samples and costs.
    sequence : Sequence
        Which samples may bear the body.
    costs : ndarray or None
        As given to `plan`; used up: what is needed of them is moved to their front.
    positions : ByteStream
        Steers which samples are used, and their order; `extract` needs the same.
    coins : ByteStream
        Random bytes, not needed again.
    progress : callable, optional
        Is told which share of the work is done.
    neighbours : Neighbours, optional
        Where costs are weighed, makes steps go the way of their neighbours.
    """
    thinning = Thinning.of(sequence, plan.used, positions)
    order = plan.shape.lanes.order(positions)
    values = thinning.gather(samples)
    weights = thinning.squeeze(costs) if costs is not None and plan.weighs_costs else None
    lean = None
    if neighbours is not None and weights is not None:
        lean = _Following(samples, weights, thinning, neighbours, plan)
    layered.embed(
        values,
        np.frombuffer(body, np.uint8),
        plan.shape,
        order=order,
        prices=Prices(weights, weights, 0, int(np.iinfo(samples.dtype).max)),
        scale=plan.scale,
        noise=coins,
        progress=progress,
        lean=lean,
    )
    thinning.scatter(values, samples)


def extract(
    samples: Samples, length: int, plan: Plan, *, sequence: Sequence, positions: ByteStream
) -> bytearray:
    """Return the body that `embed` wrote with the same plan, sequence and stream."""
    thinning = Thinning.of(sequence, plan.used, positions)
    order = plan.shape.lanes.order(positions)
    values = thinning.gather(_low_bytes(samples))
    return unweaving.extract(values, length, plan.shape, order=order)


def _low_bytes(samples: Samples) -> NDArray[np.uint8]:
    """Return a view of the samples' low bytes, which hold every plane that is ever written."""
    octets = samples.view(np.uint8)
    if samples.dtype == np.uint8:
        return octets
    return octets[sys.byteorder == "big" :: 2]
