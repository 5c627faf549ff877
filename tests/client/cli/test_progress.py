"""Bars: drawn on a terminal, silent elsewhere, never more than they know."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from underpaint_client.cli.progress import Bars
from underpaint_client.progress import ProgressEvent, Stage


def test_a_pipe_sees_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with Bars() as bars:
        bars(ProgressEvent(Stage.SEND, 1, 2))
    out, err = capsys.readouterr()
    assert (out, err) == ("", "")


@pytest.mark.parametrize("done", [0, 1, 2])
def test_a_pipe_is_told_that_hiding_lasts_while_it_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], done: int
) -> None:
    timers: list[Callable[[], None]] = []

    class Timer(threading.Timer):
        def start(self) -> None:
            timers.append(self.function)

        def join(self, timeout: float | None = None) -> None:
            assert timeout is None
            assert self.finished.is_set(), "it may still speak"

    monkeypatch.setattr(threading, "Timer", Timer)
    with Bars() as bars:
        bars(ProgressEvent(Stage.HIDE, done, 2))
        timers.pop()()
    assert ("--mode planes" in capsys.readouterr().err) is (done < 2)


def test_each_stage_has_a_bar_which_goes_away_at_the_end(terminal: Any) -> None:
    drawn = terminal()
    with Bars() as bars:
        for stage in Stage:
            bars(ProgressEvent(stage, 0, 1 << 20))
            bars(ProgressEvent(stage, 1 << 20, 1 << 20))
    text = drawn.getvalue()
    for stage in Stage:
        assert stage in text
    assert "1.0/1.0 MiB" in text
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 1  # the cursor comes back


def test_a_stage_of_one_step_shows_the_time_it_took_so_far(
    terminal: Any,
) -> None:
    drawn = terminal()
    with Bars() as bars:
        bars(ProgressEvent(Stage.HIDE, 0, 100))
    assert "0:00:00" in drawn.getvalue()
    assert "bytes" not in drawn.getvalue()


def test_the_rest_is_judged_by_those_that_began(terminal: Any) -> None:
    drawn = terminal()
    with Bars(secrets=4) as bars:
        bars(ProgressEvent(Stage.SEND, 100, 100, "a"))
        bars(ProgressEvent(Stage.SEND, 50, 300, "b"))
        bars(ProgressEvent(Stage.SEND, 100, 300, "b"))
    assert "200/800 bytes" in drawn.getvalue()


def test_what_is_said_meanwhile_stands_above(terminal: Any) -> None:
    drawn = terminal()
    import click

    with Bars() as bars:
        bars(ProgressEvent(Stage.SEND, 1, 2))
        click.echo("a warning", err=True)
    assert "a warning\n" in drawn.getvalue()
