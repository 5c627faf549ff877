"""What the classical detectors take for a picture of 12 megapixels, one by one and all at once."""

from __future__ import annotations

import numpy as np
from tests.benchmarks.measuring import in_turns
from tests.benchmarks.tables import markdown, publish

from underpaint_common.stego.detect.chi_square import chi_square_prefixes
from underpaint_common.stego.detect.readings import read_channels
from underpaint_common.stego.detect.rs import rs
from underpaint_common.stego.detect.sample_pairs import sample_pairs
from underpaint_common.stego.detect.weighted_stego import weighted_stego

SHAPE = (3000, 4000, 3)


def main() -> None:
    """Measure the detectors."""
    rng = np.random.default_rng(1)
    slopes = np.add.outer(np.arange(SHAPE[0]) / 40, np.arange(SHAPE[1]) / 40)[:, :, None]
    picture = (slopes + rng.normal(30, 3, SHAPE)).clip(0, 255).astype(np.uint8)
    tasks = {
        "chi-square, 20 prefixes": lambda: _each(chi_square_prefixes, picture),
        "RS": lambda: _each(rs, picture),
        "sample pairs": lambda: _each(sample_pairs, picture),
        "weighted stego": lambda: _each(weighted_stego, picture),
        "all": lambda: read_channels(picture),
    }
    rows = [[name, f"{seconds:.2f}"] for name, seconds in in_turns(tasks, rounds=3).items()]
    title = "Detectors over 12 megapixels RGB; one core"
    publish("detectors", markdown(title, ("detector", "s"), rows))


def _each(detector, picture):
    return [detector(picture[:, :, channel]) for channel in range(picture.shape[2])]


if __name__ == "__main__":
    main()
