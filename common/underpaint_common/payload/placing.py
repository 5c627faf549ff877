"""Header and body into flat samples and out again, by the mode that the header names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from underpaint_common.errors import Damaged
from underpaint_common.payload.capacity import planes_for
from underpaint_common.payload.header import Geometry, Header, is_header
from underpaint_common.payload.keys import PayloadKeys
from underpaint_common.payload.layout import Layout, neighbours_of, usable_of
from underpaint_common.payload.modes import DEFAULT_EFFORT, Cost, Mode
from underpaint_common.pictures import Picture
from underpaint_common.stego import adaptive, classic, coded_header, planes, reserved
from underpaint_common.stego.costs import texture
from underpaint_common.stego.layered import Progress
from underpaint_common.stego.levelling import level
from underpaint_common.stego.neighbours import Neighbours
from underpaint_common.stego.samples import ByteStream, Samples
from underpaint_common.stego.sequence import Sequence


@dataclass(frozen=True, slots=True)
class Manner:
    """How a body is to be placed.

    Parameters
    ----------
    mode : Mode
        Never `auto`.
    planes : int or None
        What the user allows.
    cost : Cost
        What `adaptive` keeps small.
    effort : int
        Its constraint height.
    progress : callable or None
        Is told which share of the work is done, where it takes long.
    """

    mode: Mode
    planes: int | None = None
    cost: Cost = Cost.TEXTURE
    effort: int = DEFAULT_EFFORT
    progress: Progress | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """Where header and body of one image go.

    Parameters
    ----------
    header : Header
        What the extractor must know.
    layout : Layout
        Positions of the header, and the sequence of the body.
    plan : adaptive.Plan or None
        How the body is coded, in `adaptive`.
    costs : ndarray or None
        What a step of each sample costs, until it is written; None for all the same.
    progress : callable or None
        As in `Manner`.
    neighbours : Neighbours or None
        Where samples lie, if steps are to follow those next to them.
    """

    header: Header
    layout: Layout
    plan: adaptive.Plan | None = None
    costs: NDArray[Any] | None = None
    progress: Progress | None = None
    neighbours: Neighbours | None = None

    @classmethod
    def of(
        cls, cover: Picture, flat: Samples, length: int, manner: Manner, keys: PayloadKeys
    ) -> Placement:
        """Return how a sealed body of `length` bytes is placed in a cover's usable samples.

        Raises
        ------
        DoesNotFit
            If it does not fit; says what would do.
        """
        count = planes_for(cover, manner.mode, length, manner.planes)
        if manner.mode is not Mode.ADAPTIVE:
            return cls(Header(manner.mode, count, length), Layout.of(flat, keys))
        layout = Layout.coded(flat, keys, coded_header.width_for(flat.size, length))
        costs = neighbours = None
        if manner.cost is Cost.TEXTURE:
            costs = usable_of(cover, texture(cover.samples))
            neighbours = neighbours_of(cover)
        plan = adaptive.plan(flat, costs, len(layout.sequence), length, manner.effort)
        if costs is not None and neighbours is not None and plan.weighs_costs:
            level(costs, flat, neighbours.shape[2], plan.scale)
        shape = plan.shape
        upper = (shape.rows[0], shape.rows[1])
        header = Header(Mode.ADAPTIVE, shape.direct, length, upper, shape.height)
        return cls(header, layout, plan, costs, manner.progress, neighbours)

    def write(
        self,
        flat: Samples,
        sealed: bytes,
        body: bytes,
        *,
        positions: ByteStream,
        coins: ByteStream,
    ) -> None:
        """Embed a sealed header and a sealed body, in place."""
        where, sequence = self.layout.header, self.layout.sequence
        if self.plan is not None:
            coded_header.write(flat, sealed, where, self.costs, coins)
            adaptive.embed(
                flat,
                body,
                self.plan,
                sequence=sequence,
                costs=self.costs,
                positions=positions,
                coins=coins,
                progress=self.progress,
                neighbours=self.neighbours,
            )
            return
        reserved.write_header(flat, sealed, where, coins)
        if self.header.mode is Mode.CLASSIC:
            classic.embed(flat, body, sequence=sequence, planes=self.header.planes)
        else:
            planes.embed(flat, body, sequence=sequence, positions=positions, coins=coins)


def find_header(flat: Samples, geometry: Geometry, keys: PayloadKeys) -> tuple[bytes, Layout]:
    """Return the sealed header that lies in any of its places, with the layout that goes with it.

    If there is none, what is returned is no header, and nobody can tell why.
    """
    layout = Layout.of(flat, keys)
    sealed = reserved.read_header(flat, layout.header)
    for width in coded_header.widths_in(flat.size):
        if is_header(sealed, geometry, keys):
            break
        layout = Layout.coded(flat, keys, width)
        sealed = coded_header.read(flat, layout.header)
    return sealed, layout


def take(flat: Samples, header: Header, sequence: Sequence, *, positions: ByteStream) -> bytearray:
    """Return the sealed body that `Placement.write` embedded.

    Raises
    ------
    Damaged
        If the header speaks of a body that cannot be in there.
    """
    length = header.body_bytes
    try:
        if header.mode is Mode.CLASSIC:
            return classic.extract(flat, length, sequence=sequence, planes=header.planes)
        if header.mode is Mode.PLANES:
            return planes.extract(flat, length, sequence=sequence, positions=positions)
        plan = adaptive.planned(len(sequence), length, header.height, header.planes, header.layers)
        return adaptive.extract(flat, length, plan, sequence=sequence, positions=positions)
    except ValueError as error:
        raise Damaged("the header speaks of more than this image can hold") from error
