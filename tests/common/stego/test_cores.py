"""As many cores as the process may use, which may be fewer than there are."""

from __future__ import annotations

import os

import pytest

from underpaint_common.stego.cores import cores


def test_only_cores_that_the_process_may_use_count(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {1, 5, 6}, raising=False)
    assert cores() == 3


@pytest.mark.parametrize(("known", "counted"), [(8, 8), (None, 1)])
def test_elsewhere_all_cores_count_and_one_at_least(monkeypatch, known, counted):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: known)
    assert cores() == counted
