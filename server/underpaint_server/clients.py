"""Who may push, line by line: the text of the `allowed` file and what it means.

::

    alice  upub_...                                       may push
    bob    upub_... psk=ushared_...                       and has a pre-shared key
    carol  - invite=uinvite_... until=20260501T120000Z    is invited, with any key, until then
    dave   upub_... invite=uinvite_... until=...          joined by an invitation
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from underpaint_common.crypto import keytext
from underpaint_common.crypto.keytext import KeyKind
from underpaint_common.errors import LocalFileError, UsageError
from underpaint_common.wire.invitation import invitation_id
from underpaint_common.wire.invite import format_moment, is_client_name, parse_moment

NO_KEY = "-"
_PRESHARED, _INVITE, _UNTIL = "psk", "invite", "until"
_MARKS = frozenset({frozenset[str](), frozenset({_PRESHARED}), frozenset({_INVITE, _UNTIL})})


@dataclass(frozen=True, slots=True)
class Invitation:
    """What somebody was given to join with.

    Attributes
    ----------
    token : bytes
        32 bytes, secret.
    until : datetime
        In UTC; afterwards it is worth nothing.
    """

    token: bytes = field(repr=False)
    until: datetime

    @property
    def id(self) -> bytes:
        """The id under which a client asks for it."""
        return invitation_id(self.token)


@dataclass(frozen=True, slots=True)
class Client:
    """One line.

    Attributes
    ----------
    name : str
        How it is called here.
    key : bytes or None
        Its public key; None while it is only invited.
    preshared_key : bytes or None
        32 bytes that it must know besides, secret.
    invitation : Invitation or None
        What it may join, or has joined, with.
    """

    name: str
    key: bytes | None
    preshared_key: bytes | None = field(default=None, repr=False)
    invitation: Invitation | None = None

    @classmethod
    def parse(cls, line: str, place: str) -> Self | None:
        """Read a line; None where it says nothing. `place` names it in errors.

        Raises
        ------
        LocalFileError
            It is no name with a key or an invitation.
        """
        words = line.split()
        if not words or words[0].startswith("#"):
            return None
        try:
            return cls._of_words(words)
        except UsageError as error:
            raise LocalFileError(f"{place}: {error.message}", hint=error.hint) from None

    @classmethod
    def _of_words(cls, words: list[str]) -> Self:
        marks = dict(word.split("=", 1) for word in words[2:] if "=" in word)
        well_formed = len(marks) == len(words) - 2 and frozenset(marks) in _MARKS
        if not well_formed or not is_client_name(words[0]):
            raise UsageError("expected a name and a public key")
        name, invitation = words[0], None
        if _INVITE in marks:
            token = keytext.decode(KeyKind.INVITATION, marks[_INVITE])
            invitation = Invitation(token, parse_moment(marks[_UNTIL]))
            if words[1] == NO_KEY:
                return cls(name, None, invitation=invitation)
        shared = marks.get(_PRESHARED)
        return cls(
            name,
            keytext.decode(KeyKind.PUBLIC, words[1]),
            None if shared is None else keytext.decode(KeyKind.SHARED, shared),
            invitation,
        )

    def __str__(self) -> str:
        words = [self.name, NO_KEY if self.key is None else _public_text(self.key)]
        if self.preshared_key is not None:
            words.append(f"{_PRESHARED}={keytext.encode(KeyKind.SHARED, self.preshared_key)}")
        if self.invitation is not None:
            token = keytext.encode(KeyKind.INVITATION, self.invitation.token)
            words += [f"{_INVITE}={token}", f"{_UNTIL}={format_moment(self.invitation.until)}"]
        return " ".join(words)

    @property
    def has_secret(self) -> bool:
        """Whether its line must not be read by others."""
        return self.preshared_key is not None or self.invitation is not None

    def at(self, now: datetime) -> Client | None:
        """Return what is left of it when what is over has been dropped."""
        if self.invitation is None or now < self.invitation.until:
            return self
        return None if self.key is None else replace(self, invitation=None)


class AllowedClients:
    """The clients that may push, and those that are invited to.

    Parameters
    ----------
    clients : iterable of Client
        Names, keys and invitations are unique.

    Attributes
    ----------
    names : dict
        From public key to name.
    invited : dict
        From an invitation's id to the client that may join, or has joined, with it.
    """

    def __init__(self, clients: Iterable[Client] = ()) -> None:
        self.clients = tuple(clients)
        self.names = {each.key: each.name for each in self.clients if each.key is not None}
        self.invited = {each.invitation.id: each for each in self.clients if each.invitation}
        self._preshared_keys = {each.key: each.preshared_key for each in self.clients}

    @classmethod
    def parse(cls, lines: Iterable[str], *, source: str) -> Self:
        """Read the lines of an `allowed` file; `source` names it in errors.

        Raises
        ------
        LocalFileError
            A line is no client, or names one that stands there already.
        """
        clients: list[Client] = []
        taken: set[object] = set()
        for number, line in enumerate(lines, start=1):
            place = f"{source}, line {number}"
            client = Client.parse(line, place)
            if client is not None:
                marks = {mark for mark in (client.name, client.key) if mark is not None}
                if marks & taken:
                    raise LocalFileError(f"{place}: this name or key stands there twice")
                taken |= marks
                clients.append(client)
        return cls(clients)

    def __contains__(self, public_key: bytes) -> bool:
        return public_key in self.names

    def name_of(self, public_key: bytes) -> str | None:
        """Return the name under which a key is allowed, or None."""
        return self.names.get(public_key)

    def preshared_key_of(self, public_key: bytes) -> bytes | None:
        """Return the pre-shared key of a client, or None."""
        return self._preshared_keys.get(public_key)

    def called(self, name: str) -> Client | None:
        """Return the client of a name, or None."""
        return next((each for each in self.clients if each.name == name), None)

    def may_join(self, invitation: bytes, public_key: bytes, now: datetime) -> Client | None:
        """Return the client that the holder of a key becomes, or is, by an invitation.

        None for an unknown invitation, a late one, one that was used with another key, and for
        a key that is known already under another name.
        """
        client = self.invited.get(invitation)
        if client is None or client.at(now) is not client:
            return None
        if client.key is None:
            return None if public_key in self.names else client
        return client if client.key == public_key else None


def _public_text(key: bytes) -> str:
    return keytext.encode(KeyKind.PUBLIC, key)
