"""The session's states and the one table of transitions between them.

The table knows no role: an initiator and a responder differ only in where it begins for
them. Every state can also turn into `FAILED`, from which nothing leads away.
"""

from __future__ import annotations

import enum


class WrongState(RuntimeError):
    """A session was asked for what it cannot do now: a mistake of this side's code."""


class State(enum.Enum):
    """What a session waits for; the value completes the sentence "the session ..."."""

    NEW = "is new"
    AWAITS_HANDSHAKE = "awaits the first handshake record"
    AWAITS_REPLY = "awaits the second handshake record"
    UNCONFIRMED = "awaits the first record of a client that is not authenticated yet"
    OPEN = "is open"
    WE_CLOSED = "is closed on our side"
    PEER_CLOSED = "is closed on the peer's side"
    CLOSED = "is closed"
    FAILED = "has failed"


class Step(enum.Enum):
    """What can happen to a session."""

    START = "preamble and handshake record 1 sent"
    PREAMBLE_RECEIVED = "preamble received"
    HANDSHAKE_ANSWERED = "handshake record 1 received, record 2 sent"
    REPLY_RECEIVED = "handshake record 2 received"
    RECORD_RECEIVED = "record received"
    RECORD_SENT = "record sent"
    CLOSING_RECEIVED = "closing record received"
    CLOSING_SENT = "closing record sent"


TRANSITIONS: dict[State, dict[Step, State]] = {
    State.NEW: {
        Step.START: State.AWAITS_REPLY,
        Step.PREAMBLE_RECEIVED: State.AWAITS_HANDSHAKE,
    },
    State.AWAITS_HANDSHAKE: {Step.HANDSHAKE_ANSWERED: State.UNCONFIRMED},
    State.AWAITS_REPLY: {Step.REPLY_RECEIVED: State.OPEN},
    State.UNCONFIRMED: {
        Step.RECORD_RECEIVED: State.OPEN,
        Step.CLOSING_RECEIVED: State.PEER_CLOSED,
    },
    State.OPEN: {
        Step.RECORD_RECEIVED: State.OPEN,
        Step.RECORD_SENT: State.OPEN,
        Step.CLOSING_RECEIVED: State.PEER_CLOSED,
        Step.CLOSING_SENT: State.WE_CLOSED,
    },
    State.WE_CLOSED: {
        Step.RECORD_RECEIVED: State.WE_CLOSED,
        Step.CLOSING_RECEIVED: State.CLOSED,
    },
    State.PEER_CLOSED: {
        Step.RECORD_SENT: State.PEER_CLOSED,
        Step.CLOSING_SENT: State.CLOSED,
    },
    State.CLOSED: {},
    State.FAILED: {},
}


def allows(state: State, step: Step) -> bool:
    """Tell whether a step is possible in a state."""
    return step in TRANSITIONS[state]


def following(state: State, step: Step) -> State:
    """Return the state that a step leads to.

    Raises
    ------
    WrongState
        The step is not possible in this state.
    """
    try:
        return TRANSITIONS[state][step]
    except KeyError:
        raise WrongState(f"the session {state.value}: impossible now: {step.value}") from None
