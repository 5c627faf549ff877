"""The line that an operator hands to somebody who shall join: all that a client needs, once.

::

    underpaint-invite://HOST:PORT/NAME/20260501T120000Z#KEY.TOKEN

HOST, PORT and KEY are those of an address line. Whoever holds the line can join under NAME
until the moment, in UTC: it is a secret until it is used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from underpaint_common.crypto import keytext
from underpaint_common.crypto.keytext import KeyKind
from underpaint_common.errors import UsageError
from underpaint_common.wire.address import Address

_SCHEME = "underpaint-invite://"
_LINE = re.compile(
    r"underpaint-invite://(?P<place>[^/#]*)/(?P<name>[^/#]*)/(?P<until>[^/#]*)"
    r"#(?P<key>[^.]*)\.(?P<token>.*)",
    re.IGNORECASE | re.DOTALL,
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_MOMENT = "%Y%m%dT%H%M%SZ"
_MOMENT_FORM = re.compile(r"[1-9][0-9]{7}T[0-9]{6}Z")  # strptime alone reads shorter ones too


@dataclass(frozen=True, slots=True)
class Invite:
    """An invitation as it is handed over.

    Attributes
    ----------
    address : Address
        The server.
    name : str
        What the client will be called there.
    until : datetime
        In UTC; the invitation holds until then.
    token : bytes
        32 bytes, secret.
    """

    address: Address
    name: str
    until: datetime
    token: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a line.

        Raises
        ------
        UsageError
            The text is no such line; the message says which part is wrong and never repeats
            the token.
        """
        match = _LINE.fullmatch(text.strip())
        if match is None:
            part = "is cut" if text.strip().lower().startswith(_SCHEME) else "is no invitation"
            raise UsageError(f"this {part}", hint="copy the whole line that underpaintd printed")
        address = Address.parse(f"underpaint://{match['place']}/#{match['key']}")
        if not is_client_name(match["name"]):
            raise UsageError("the invitation has no usable name")
        token = keytext.decode(KeyKind.INVITATION, match["token"])
        return cls(address, match["name"], parse_moment(match["until"]), token)

    def __str__(self) -> str:
        place, _, key = str(self.address).removeprefix("underpaint://").partition("/#")
        token = keytext.encode(KeyKind.INVITATION, self.token)
        return f"{_SCHEME}{place}/{self.name}/{format_moment(self.until)}#{key}.{token}"


def is_client_name(text: str) -> bool:
    """Tell whether a text can be a client's name: it becomes a folder's name at the server."""
    return _NAME.fullmatch(text) is not None


def format_moment(moment: datetime) -> str:
    """Return a moment in UTC as the line has it, to the second."""
    return moment.astimezone(UTC).strftime(_MOMENT)


def parse_moment(text: str) -> datetime:
    """Read such a moment.

    Raises
    ------
    UsageError
        It is none.
    """
    unusable = UsageError(
        "the invitation has no usable moment at which it ends",
        hint="it looks like 20260501T120000Z",
    )
    if not _MOMENT_FORM.fullmatch(text.upper()):
        raise unusable
    try:
        return datetime.strptime(text.upper(), _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        raise unusable from None
