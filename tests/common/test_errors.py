"""One exit code an error, one table of them, and a tree that its docstring shows."""

from __future__ import annotations

import errno
import inspect

import pytest

from underpaint_common import errors
from underpaint_common.errors import ExitCode, UnderpaintError, reason_of


def every_error() -> list[type[UnderpaintError]]:
    """Return all errors of the module."""
    return [
        each
        for _, each in inspect.getmembers(errors, inspect.isclass)
        if issubclass(each, UnderpaintError)
    ]


def test_the_tree_in_the_docstring_names_every_error_with_its_code():
    lines = (errors.__doc__ or "").splitlines()
    for error in every_error():
        (line,) = [line for line in lines if f" {error.__name__} " in line]
        assert str(int(error.exit_code)) in line.split()


def test_every_code_has_a_meaning_and_no_two_share_one():
    meanings = [code.meaning for code in ExitCode]
    assert all(meanings)
    assert len(set(meanings)) == len(meanings)


def test_every_code_for_an_error_has_an_error():
    used = {error.exit_code for error in every_error()}
    assert set(ExitCode) - used == {ExitCode.DONE}


def test_an_error_keeps_its_sentence_and_hint():
    error = errors.Refused("busy", code="too_many", retry_after=2.5, hint="try later")
    assert (str(error), error.message, error.hint) == ("busy", "busy", "try later")
    assert (error.code, error.retry_after) == ("too_many", 2.5)


def test_every_error_says_what_to_do_next():
    general = {UnderpaintError, errors.UsageError}  # their hint is the command's help
    for error in set(every_error()) - general:
        assert error.usual_hint, error


@pytest.mark.parametrize("kind", [errors.NothingFound, errors.Damaged, errors.DoesNotFit])
def test_an_error_about_files_names_them_once(kind):
    with pytest.raises(kind) as caught, errors.about("map.png", "lake.png"):
        raise kind("no room", hint="look")
    assert (caught.value.message, caught.value.hint) == ("map.png in lake.png: no room", "look")
    with pytest.raises(kind) as caught, errors.about("map.png", "lake.png"):
        raise kind("lake.png has no room")
    assert caught.value.message == "lake.png has no room"
    with pytest.raises(kind) as caught, errors.about(""):
        raise kind("no room")
    assert caught.value.message == "no room"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.ENOENT, "No such file or directory", "x"), "no such file or directory"),
        (OSError("Cannot be said"), "cannot be said"),
        (TimeoutError(), "TimeoutError"),
    ],
)
def test_the_systems_words_are_in_our_style(error: OSError, reason: str) -> None:
    assert reason_of(error) == reason
