"""What handshake message 1 carries: the KEM key, and the id of an invitation where there is one.

An invitation is 32 random bytes that a server hands out once, outside the protocol, to a
client that it does not know yet. They never travel: an id derived from them names the
invitation, and they fill the place of that one handshake's pre-shared key. The id is so
short that it disappears in the cipher's padding: record 1 is as long with it as without.
"""

from __future__ import annotations

from underpaint_common.crypto import kem
from underpaint_common.crypto.kdf import hkdf
from underpaint_common.errors import ProtocolError

TOKEN_BYTES = 32
ID_BYTES = 12

_ID_LABEL = b"underpaint invitation id v1"


def invitation_id(token: bytes) -> bytes:
    """Return the id under which an invitation's token is asked for, 12 bytes.

    Raises
    ------
    ValueError
        The token has not 32 bytes.
    """
    if len(token) != TOKEN_BYTES:
        raise ValueError(f"an invitation's token has {TOKEN_BYTES} bytes, not {len(token)}")
    return hkdf(token, info=_ID_LABEL, length=ID_BYTES)


def opening_payload(kem_public: bytes, invitation: bytes | None) -> bytes:
    """Return the payload of message 1, with the invitation's id where there is one."""
    return kem_public + (invitation or b"")


def parse_opening_payload(payload: bytes) -> tuple[bytes, bytes | None]:
    """Return the KEM key and the invitation's id of message 1.

    Raises
    ------
    ProtocolError
        The payload has neither of the two lengths that there are.
    """
    if len(payload) == kem.PUBLIC_BYTES:
        return payload, None
    if len(payload) == kem.PUBLIC_BYTES + ID_BYTES:
        return payload[: kem.PUBLIC_BYTES], payload[kem.PUBLIC_BYTES :]
    raise ProtocolError(
        f"the client's handshake record carries {len(payload)} bytes, neither "
        f"{kem.PUBLIC_BYTES} nor {kem.PUBLIC_BYTES + ID_BYTES}"
    )
