"""The first 8 bytes of a connection: magic and version, the only plain ones.

Both sides bind them as Noise's prologue. A responder that does not speak the version
answers with its own preamble and closes; nothing else is ever answered in plain.
"""

from __future__ import annotations

from underpaint_common.errors import ProtocolError, VersionMismatch

MAGIC = b"UPAINT"
VERSION = 1
PREAMBLE = MAGIC + VERSION.to_bytes(2, "big")


def check_from_client(received: bytes) -> None:
    """Check the preamble that opened a connection.

    Raises
    ------
    ProtocolError
        It is none: whoever connected speaks something else.
    VersionMismatch
        It is one, of a version that is not spoken here.
    """
    version = _version(received)
    if version != VERSION:
        raise VersionMismatch(
            f"the client speaks protocol version {version}, this server version {VERSION}"
        )


def refuse_from_server(received: bytes) -> None:
    """Raise what it means that a server answered with a preamble, which it does only to refuse.

    Raises
    ------
    VersionMismatch
        The server speaks another version; nothing authenticates what it says.
    ProtocolError
        It is no preamble, or that of the version which was offered.
    """
    version = _version(received)
    if version == VERSION:
        raise ProtocolError("the server refused the version that it says it speaks")
    raise VersionMismatch(
        f"the server says, unauthenticated, that it speaks protocol version {version}, "
        f"and this client speaks version {VERSION}",
        hint="install matching versions of underpaint on both sides",
    )


def _version(received: bytes) -> int:
    if len(received) != len(PREAMBLE) or not received.startswith(MAGIC):
        raise ProtocolError("the peer does not speak the underpaint protocol")
    return int.from_bytes(received[len(MAGIC) :], "big")
