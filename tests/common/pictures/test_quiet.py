"""Pillow's noise is kept off the screen, and everybody else's filters come back."""

from __future__ import annotations

import logging
import threading
import warnings

import pytest

from underpaint_common.pictures.quiet import quiet


def test_warnings_and_log_lines_inside_are_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet:
        warnings.warn("strange file", stacklevel=1)
        logging.getLogger("PIL.TiffImagePlugin").error("strange file")
    assert capfd.readouterr() == ("", "")


def test_filters_are_as_before_afterwards() -> None:
    before = warnings.filters[:]
    handlers = logging.getLogger("PIL").handlers[:]
    with pytest.raises(KeyError), quiet:
        raise KeyError
    assert warnings.filters == before
    assert logging.getLogger("PIL").handlers == handlers
    with pytest.raises(UserWarning):
        warnings.warn("outside", stacklevel=1)


def test_threads_that_overlap_leave_the_filters_as_they_were() -> None:
    """The first to come leaves first: catch_warnings alone would restore the wrong filters."""
    before = warnings.filters[:]
    inside, may_leave = threading.Event(), threading.Event()

    def first() -> None:
        with quiet:
            inside.set()
            may_leave.wait()

    thread = threading.Thread(target=first)
    thread.start()
    inside.wait()
    with quiet:
        may_leave.set()
        thread.join()
        warnings.warn("still inside", stacklevel=1)
    assert warnings.filters == before
