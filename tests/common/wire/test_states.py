"""The transition table: complete, and without dead ends that are not meant."""

from __future__ import annotations

import pytest

from underpaint_common.wire.states import (
    TRANSITIONS,
    State,
    Step,
    WrongState,
    allows,
    following,
)


def reachable(start: State) -> set[State]:
    seen, todo = {start}, [start]
    while todo:
        for state in set(TRANSITIONS[todo.pop()].values()) - seen:
            seen.add(state)
            todo.append(state)
    return seen


def test_every_state_has_its_row_and_every_step_is_used() -> None:
    assert set(TRANSITIONS) == set(State)
    assert {step for row in TRANSITIONS.values() for step in row} == set(Step)


def test_everything_is_reached_from_the_beginning_and_leads_to_the_end() -> None:
    assert reachable(State.NEW) == set(State) - {State.FAILED}
    for state in set(State) - {State.FAILED}:
        assert State.CLOSED in reachable(state)


def test_a_client_that_is_not_confirmed_is_told_nothing() -> None:
    assert not allows(State.UNCONFIRMED, Step.RECORD_SENT)
    assert not allows(State.UNCONFIRMED, Step.CLOSING_SENT)


def test_nothing_is_received_after_the_closing_record() -> None:
    for state in (State.PEER_CLOSED, State.CLOSED):
        assert not allows(state, Step.RECORD_RECEIVED)
        assert not allows(state, Step.CLOSING_RECEIVED)


def test_an_impossible_step_says_so() -> None:
    with pytest.raises(WrongState, match="the session is new: impossible now: record sent"):
        following(State.NEW, Step.RECORD_SENT)
