"""Mistakes that a type checker must find: each line that says so, and no other."""

from __future__ import annotations

from underpaint_client import BlockingClient, Client, PushReceipt, hide


def mistakes(client: BlockingClient, other: Client, receipt: PushReceipt) -> None:
    client.push("scan.png")  # type: ignore[call-arg] # no cover
    client.push("scan.png", cover="photo.png", plane=2)  # type: ignore[call-arg] # planes
    client.push("scan.png", cover="photo.png", progress=print).id.lower()
    print(client.ping().hex().nothing)  # type: ignore[attr-defined] # a str
    receipt.sha256 = ""  # type: ignore[misc] # frozen
    print(other.push("scan.png", cover="photo.png").id)  # type: ignore[attr-defined] # not awaited
    hide("scan.png", "photo.png", passphrase=b"")  # type: ignore[arg-type] # bytes
