"""What a push ends with: the server's receipt, and how long each stage took."""

from __future__ import annotations

from dataclasses import dataclass

from underpaint_client.exchange import Delivered
from underpaint_client.prepare import Prepared
from underpaint_common.payload import HideReport


@dataclass(frozen=True, slots=True)
class StageSeconds:
    """How long each stage of a push took.

    `store` is the wait for the receipt: the server extracts, verifies and makes durable.
    """

    connect: float
    read: float
    hide: float
    encode: float
    send: float
    store: float


@dataclass(frozen=True, slots=True)
class PushReceipt:
    """The server's word that the secret is stored, durably.

    Attributes
    ----------
    id, name, media_type : str
        As the server keeps it.
    bytes : int
        Size of the stored secret.
    sha256 : str
        Its digest, in hexadecimal.
    received_at : str
        ISO 8601, UTC.
    stego_bytes : int
        Size of the stego image that was sent.
    report : HideReport or None
        What hiding did to the cover; None of a stego image that was made earlier.
    seconds : StageSeconds
        Time by stage.
    """

    id: str
    name: str
    media_type: str
    bytes: int
    sha256: str
    received_at: str
    stego_bytes: int
    report: HideReport | None
    seconds: StageSeconds


def receipt_of(prepared: Prepared, delivered: Delivered, connect_seconds: float) -> PushReceipt:
    """Return what a delivery ended with, in the caller's terms."""
    receipt = delivered.receipt
    return PushReceipt(
        id=receipt.id,
        name=receipt.name,
        media_type=receipt.media_type,
        bytes=receipt.bytes,
        sha256=receipt.sha256.hex(),
        received_at=receipt.received_at,
        stego_bytes=len(prepared.stego),
        report=prepared.report,
        seconds=StageSeconds(
            connect=connect_seconds,
            read=prepared.seconds.read,
            hide=prepared.seconds.hide,
            encode=prepared.seconds.encode,
            send=delivered.send_seconds,
            store=delivered.store_seconds,
        ),
    )
