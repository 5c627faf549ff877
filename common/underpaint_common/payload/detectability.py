"""How often a detector is expected to be wrong about a picture, from a table that was measured.

`make bench-detect` measures small crops (docs/detectability.md) and writes the table beside this
module. A picture of another size is looked up at ``payload * sqrt(pixels / crop pixels)``: by
the square root law (Ker, Pevny, Kodovsky and Fridrich, The square root law of steganographic
capacity, 2008) payloads that grow with the root of the pixels are found equally easily. That,
and all beyond the largest payload measured, is an extrapolation, and said to be one. Errors
differ more between smooth and rough pictures than between payloads, so each third of the crops,
by roughness, has its own.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from importlib import resources
from statistics import NormalDist

import msgspec
import numpy as np

from underpaint_common.payload.layout import usable_samples
from underpaint_common.payload.modes import Cost, Mode
from underpaint_common.pictures import Picture
from underpaint_common.pictures.picture import GREY, RGB
from underpaint_common.stego.roughness import roughness

_NORMAL = NormalDist()
_GREY, _RGB = "grey", "rgb"


class Point(msgspec.Struct, frozen=True, array_like=True):
    """Detection errors at one payload.

    Parameters
    ----------
    payload : float
        Bits a sample.
    errors : tuple of float
        In the smoothest third of the crops, the middle one, and the roughest.
    """

    payload: float
    errors: tuple[float, float, float]


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Detection errors of the best of several detectors, with the story of their making.

    Parameters
    ----------
    made_by, date : str
        The command, and the day in ISO 8601.
    seed, splits, crops, photos : int
        What the run was made of.
    crop_pixels : int
        Pixels of each crop.
    roughness : dict
        By colour: the median roughness of each third of the crops, ascending.
    errors : dict
        By colour, then by mode or reference method: points, payloads ascending.
    """

    made_by: str
    date: str
    seed: int
    splits: int
    crops: int
    photos: int
    crop_pixels: int
    roughness: dict[str, tuple[float, float, float]]
    errors: dict[str, dict[str, tuple[Point, ...]]]

    @classmethod
    def packaged(cls) -> Table:
        """Return the table that comes with this package."""
        file = resources.files("underpaint_common.payload").joinpath("detectability.json")
        return msgspec.json.decode(file.read_bytes(), type=cls)

    def error(self, colour: str, method: str, payload: float, rough: float) -> float:
        """Return the error to expect on a crop.

        Parameters
        ----------
        colour, method : str
            As in `errors`; a mode that is not there is taken for `planes`, the plainest.
        payload : float
            Bits a sample. Between what was measured, the distance of the two kinds of pictures
            in standard deviations is taken to grow evenly; beyond, in proportion to the payload.
        rough : float
            The crop's `roughness`; beyond the outer thirds' medians it makes no difference.

        Returns
        -------
        float
            0 to 0.5, never more for a larger payload or a smoother crop.
        """
        measured = self.errors[colour]
        points = measured.get(method, measured[Mode.PLANES])
        thirds = [self._distance(points, third, payload) for third in range(3)]
        # Where chance had it otherwise, the smoother is as easily found as the rougher.
        least = np.minimum.accumulate(thirds[::-1])[::-1]
        return _NORMAL.cdf(float(np.interp(rough, self.roughness[colour], least)))

    def _distance(self, points: Sequence[Point], third: int, payload: float) -> float:
        """Return half the distance of covers and stego images at a payload, negative."""
        distances = [(0.0, 0.0)]
        # So few crops cannot tell a smaller error from none.
        least = 3 / (2 * self.crops)
        for point in points:
            distance = _NORMAL.inv_cdf(max(point.errors[third], least))
            distances.append((point.payload, min(distance, distances[-1][1])))
        for (low, near), (high, far) in itertools.pairwise(distances):
            if payload <= high:
                return near + (far - near) * (payload - low) / (high - low)
        last, distance = distances[-1]
        return distance * payload / last


def expected_error(
    cover: Picture,
    mode: Mode,
    payload_bytes: int,
    *,
    cost: Cost = Cost.TEXTURE,
    samples: int | None = None,
    rough: float | None = None,
    table: Table | None = None,
) -> float:
    """Return the detection error to expect of a payload in a cover, 0.5 where it is a coin's.

    Parameters
    ----------
    cover : Picture
        Its size, what is transparent left out, its colours and its roughness count.
    mode : Mode
        How the payload is embedded, not `auto`.
    payload_bytes : int
        All that is embedded, header included.
    cost : Cost
        Of mode adaptive; flat costs were measured by themselves.
    samples, rough : int, float, optional
        The cover's usable samples and its roughness, where they are known already.
    table : Table, optional
        That of the package when not given.

    Returns
    -------
    float
        (false alarms + misses) / 2 of the best detector that was tried, extrapolated. Of covers
        of other kinds than were measured it only says how they compare with one another.
    """
    table = table or Table.packaged()
    samples = usable_samples(cover).size if samples is None else samples
    if samples == 0:
        return 0.5
    scale = math.sqrt(samples / cover.channels / table.crop_pixels)
    colour = _GREY if cover.channels == GREY else _RGB
    payload = 8 * payload_bytes / samples * scale
    method = cost if mode is Mode.ADAPTIVE and cost is Cost.FLAT else mode
    rough = roughness(cover.samples) if rough is None else rough
    return table.error(colour, method.value, payload, rough)


def reported_error(
    cover: Picture,
    mode: Mode,
    payload_bytes: int,
    flaws: Sequence[str],
    *,
    cost: Cost = Cost.TEXTURE,
) -> float | None:
    """Return what to tell people: the expected error, or None where it would mean nothing.

    Parameters
    ----------
    cover, mode, payload_bytes, cost : Picture, Mode, int, Cost
        As `expected_error` takes them.
    flaws : sequence of str
        What `cautions` says of the cover: one change may show whatever the payload.
    """
    measured = cover.bit_depth == 8 and cover.channels in (GREY, RGB)
    if not measured or flaws:
        return None
    return expected_error(cover, mode, payload_bytes, cost=cost)
