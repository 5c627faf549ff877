"""Compiled code is kept where the user's caches are; its results are compared in test_coding."""

from pathlib import Path

import pytest

import underpaint_common

pytest.importorskip("numba", reason="numba, the extra 'fast', is not installed")


def test_nothing_is_kept_beside_the_sources() -> None:
    from underpaint_common.stego.trellis import compiled

    kept = Path(compiled.flips_of_all.stats.cache_path)
    assert not kept.is_relative_to(Path(underpaint_common.__file__).parent)
