"""Features kept between runs, under the content of the picture and of the code that read it."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tests.benchmarks.detect import cooccurrences, features, residuals
from tests.benchmarks.detect.cooccurrences import Features


def default_folder() -> Path:
    """Return where features are kept unless another folder is named."""
    return Path(tempfile.gettempdir(), "underpaint-detect")


class Cache:
    """Features by content hash: what was read once is not read again until the code changes.

    Parameters
    ----------
    folder : Path
        Made when it is missing; may be deleted at any time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._code = hashlib.sha256()
        for module in (residuals, cooccurrences, features):
            self._code.update(Path(module.__file__).read_bytes())
        folder.mkdir(parents=True, exist_ok=True)

    def features(self, samples: NDArray[np.uint8]) -> Features:
        """Return the features of a picture, from the folder where they are there."""
        digest = self._code.copy()
        digest.update(repr(samples.shape).encode())
        digest.update(np.ascontiguousarray(samples).data)
        name = digest.hexdigest()
        path = self._folder / name[:2] / f"{name}.npy"
        try:
            found: Features = np.load(path)
        except (OSError, ValueError, EOFError):
            found = features.features(samples)
            path.parent.mkdir(exist_ok=True)
            np.save(path, found)
        return found
