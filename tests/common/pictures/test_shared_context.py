"""However threads overlap, the context is entered once and left once, at the end."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.pictures.shared_context import SharedContext


@given(st.lists(st.booleans(), max_size=30))
def test_it_is_on_while_anyone_is_inside(steps: list[bool]) -> None:
    told: list[str] = []

    @contextlib.contextmanager
    def context() -> Iterator[None]:
        told.append("on")
        yield
        told.append("off")

    shared, inside, expected = SharedContext(context), 0, []
    for comes in steps:
        if comes:
            shared.__enter__()
            expected += ["on"] * (inside == 0)
            inside += 1
        elif inside:
            shared.__exit__(None, None, None)
            inside -= 1
            expected += ["off"] * (inside == 0)
    assert told == expected


def test_an_error_inside_comes_out_and_leaves_it() -> None:
    told: list[str] = []

    @contextlib.contextmanager
    def context() -> Iterator[None]:
        try:
            yield
        finally:
            told.append("off")

    with pytest.raises(KeyError), SharedContext(context):
        raise KeyError
    assert told == ["off"]


def test_who_cannot_enter_is_not_inside() -> None:
    chances = iter([contextlib.closing(None), contextlib.nullcontext()])
    shared = SharedContext(lambda: next(chances))
    with pytest.raises(AttributeError), shared:
        pass
    with shared:
        pass
