"""What was found, as tables, as a plot, and as the file from which `hide` foretells."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.detect.crops import PIXELS, Colour
from tests.benchmarks.detect.judging import JPEG, TRAINED, Error
from tests.benchmarks.detect.methods import PAYLOADS, Condition, Method
from tests.benchmarks.detect.structural import DETECTORS
from tests.benchmarks.tables import RESULTS, markdown

COIN = 0.5


@dataclass(frozen=True, slots=True)
class Measured:
    """The errors of one run in one colour.

    Parameters
    ----------
    colour : Colour
        Of the crops.
    crops, photos, splits, seed : int
        What the run was made of.
    roughness : tuple of float
        The median of each third of the crops.
    errors : dict
        Detector by detector, for every condition.
    jpeg : dict
        The share of changed blocks as detector, on covers decoded from JPEG.
    """

    colour: Colour
    crops: int
    photos: int
    splits: int
    seed: int
    roughness: tuple[float, ...]
    errors: dict[Condition, dict[str, Error]]
    jpeg: dict[Condition, Error]

    def table(self) -> str:
        """Return all errors, a row for each condition."""
        names = [TRAINED, *DETECTORS]
        rows = [
            [
                condition.method.value,
                f"{condition.payload:g}",
                *(_cell(found[name]) for name in names),
                _cell(self.jpeg[condition]),
            ]
            for condition, found in self.errors.items()
        ]
        title = (
            f"Detection error in {self.colour}: {self.crops} crops of {self.photos} photographs, "
            f"mean and deviation of {self.splits} splits, 0.5 is a coin"
        )
        return markdown(title, ("method", "bits a sample", *names, f"{JPEG} (JPEG covers)"), rows)

    def thirds_table(self) -> str:
        """Return the trained detector's errors in each third of the crops."""
        kinds = zip(("smooth", "middling", "rough"), self.roughness, strict=True)
        rows = [
            [
                condition.method.value,
                f"{condition.payload:g}",
                *(f"{third:.3f}" for third in found[TRAINED].thirds),
            ]
            for condition, found in self.errors.items()
        ]
        columns = ("method", "bits a sample", *(f"{kind} ({at:.1f})" for kind, at in kinds))
        title = f"Error of the trained detector in {self.colour} by thirds (their median roughness)"
        return markdown(title, columns, rows)

    def least(self, method: Method) -> Iterator[tuple[float, list[float]]]:
        """Yield each payload with the errors in thirds of the detector that did best there."""
        for condition, found in self.errors.items():
            if condition.method is method:
                thirds = zip(*(each.thirds for each in found.values()), strict=True)
                yield condition.payload, [round(min(*third, COIN), 4) for third in thirds]


def _cell(error: Error) -> str:
    return f"{error.mean:.3f} ± {error.deviation:.3f}"


def write_table(measured: list[Measured], path: Path) -> None:
    """Write the least errors for `hide`, with date and seed of their making."""
    first = measured[0]
    fields: dict[str, Any] = {
        "made_by": "make bench-detect",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "seed": first.seed,
        "splits": first.splits,
        "crops": first.crops,
        "photos": first.photos,
        "crop_pixels": PIXELS,
        "roughness": {
            each.colour.value.lower(): [round(median, 4) for median in each.roughness]
            for each in measured
        },
        "errors": {
            each.colour.value.lower(): {
                method.value: [list(point) for point in each.least(method)] for method in Method
            }
            for each in measured
        },
    }
    path.write_text(json.dumps(fields, indent=2) + "\n")


def plot(measured: list[Measured]) -> Path:
    """Draw the trained detector's error over the payload, colour by colour; return the file."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4.2), layout="constrained")
    panels = figure.subplots(1, len(measured), sharey=True, squeeze=False)[0]
    for axes, each in zip(panels, measured, strict=True):
        for method in Method:
            found = [each.errors[Condition(method, payload)][TRAINED] for payload in PAYLOADS]
            axes.errorbar(
                PAYLOADS,
                [error.mean for error in found],
                [error.deviation for error in found],
                marker="o",
                capsize=3,
                label=method.value,
            )
        axes.axhline(COIN, color="grey", linestyle=":", label="a coin")
        axes.set(title=f"{each.colour}, {each.crops} crops", xlabel="bits a sample", ylim=(0, 0.55))
        axes.grid(alpha=0.3)
    panels[0].set_ylabel("detection error of the trained detector")
    panels[-1].legend()
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / "detectability.png"
    figure.savefig(path, dpi=120)
    return path
