"""What a client pushes lies in the inbox, exact and once, or is refused with a reason."""

from __future__ import annotations

import hashlib
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from underpaint_common.errors import ConnectionFailed
from underpaint_common.wire import Push, PushAccepted, PushEnd, Receipt, Refusal

pytestmark = pytest.mark.end_to_end


def test_a_pushed_secret_is_in_the_inbox_byte_for_byte(
    new_daemon: Any, connect: Any, stego: Any
) -> None:
    daemon = new_daemon()
    alice = daemon.allow("alice")
    address = daemon.start()
    secret = os.urandom(2000)
    client = connect(address, alice)
    receipt = client.push(stego(alice, address.server_key, secret, name="photo.jpg"))
    assert isinstance(receipt, Receipt)
    assert receipt.sha256 == hashlib.sha256(secret).digest()
    client.close()
    (row,) = daemon.received()
    path = Path(row["path"])
    assert path == daemon.state / "inbox" / "alice" / "photo.jpg"
    assert path.read_bytes() == secret
    assert path.is_absolute()
    assert row == {
        "id": receipt.id,
        "name": "photo.jpg",
        "client": "alice",
        "bytes": 2000,
        "sha256": receipt.sha256.hex(),
        "received_at": receipt.received_at,
        "path": str(path),
    }
    assert daemon.leftovers() == []
    assert daemon.stop() == 0


def test_several_pushes_of_one_name_lie_side_by_side(
    new_daemon: Any, connect: Any, stego: Any
) -> None:
    daemon = new_daemon()
    alice, bob = daemon.allow("alice"), daemon.allow("bob")
    address = daemon.start()
    secrets = [b"one", b"two", b"three"]
    for identity in (alice, bob):
        client = connect(address, identity)
        for secret in secrets:
            answer = client.push(stego(identity, address.server_key, secret, name="../../x.txt"))
            assert isinstance(answer, Receipt)
        client.close()
    rows = daemon.received()
    assert [Path(row["path"]).read_bytes() for row in rows] == secrets * 2
    assert {Path(row["path"]).parent for row in rows} == {
        daemon.state / "inbox" / "alice",
        daemon.state / "inbox" / "bob",
    }


def test_an_upload_sent_again_gets_the_same_receipt_and_is_kept_once(
    new_daemon: Any, connect: Any, stego: Any
) -> None:
    daemon = new_daemon()
    alice = daemon.allow("alice")
    address = daemon.start()
    image, upload = stego(alice, address.server_key), os.urandom(16)
    first = connect(address, alice).push(image, upload)
    again = connect(address, alice).push(image, upload)
    assert isinstance(first, Receipt)
    assert again == first
    assert daemon.stop() == 0
    address = daemon.start()
    client = connect(address, alice)
    assert client.push(image, upload) == first
    client.send(Push(upload))
    accepted = client.answer()
    assert (accepted.offset, accepted.sha256) == (len(image), hashlib.sha256(image).digest())
    client.send(Push(upload, anew=True))
    other = client.answer()
    assert isinstance(other, Refusal)
    assert other.code == "mismatch"
    assert len(daemon.received()) == 1


@pytest.mark.parametrize("how", ["cut", "restart", "kill"])
def test_an_upload_that_is_cut_is_resumed(
    new_daemon: Any, connect: Any, stego: Any, how: str
) -> None:
    daemon = new_daemon(shutdown_timeout="0.2 s")
    alice = daemon.allow("alice")
    address = daemon.start()
    image, upload = stego(alice, address.server_key), os.urandom(16)
    half = len(image) // 2
    client = connect(address, alice)
    client.send(Push(upload))
    assert isinstance(client.answer(), PushAccepted)
    client.send_data(image[:half])
    daemon.wait_for(lambda: any(Path(p).stat().st_size == half for p in daemon.leftovers()))
    if how == "cut":
        client.drop()
        daemon.wait_for_event("broken")
    else:
        daemon.stop(signal.SIGKILL if how == "kill" else signal.SIGTERM)
        address = daemon.start()
    client = connect(address, alice)
    receipt = client.push(image, upload)
    assert isinstance(receipt, Receipt)
    assert client.resumed_at == half
    assert daemon.leftovers() == []
    (row,) = daemon.received()
    assert row["id"] == receipt.id


def test_a_client_whose_image_begins_otherwise_starts_again(
    new_daemon: Any, connect: Any, stego: Any
) -> None:
    daemon = new_daemon()
    alice = daemon.allow("alice")
    address = daemon.start()
    image, upload = stego(alice, address.server_key), os.urandom(16)
    client = connect(address, alice)
    client.send(Push(upload))
    client.answer()
    client.send_data(b"the beginning of another image")
    client.drop()
    daemon.wait_for_event("broken")
    client = connect(address, alice)
    client.send(Push(upload))
    assert client.answer() == PushAccepted(
        30, hashlib.sha256(b"the beginning of another image").digest()
    )
    client.send(Push(upload, anew=True))
    assert client.answer() == PushAccepted(0)
    client.send_data(image)
    client.send(PushEnd(len(image), hashlib.sha256(image).digest()))
    assert isinstance(client.answer(), Receipt)


@pytest.mark.parametrize("keep", ["stego", "both"])
def test_the_stego_image_is_kept_if_configured(
    new_daemon: Any, connect: Any, stego: Any, run_underpaintd: Any, tmp_path: Path, keep: str
) -> None:
    daemon = new_daemon()
    daemon.configure(keep=keep)
    alice = daemon.allow("alice")
    address = daemon.start()
    image = stego(alice, address.server_key)
    receipt = connect(address, alice).push(image)
    assert isinstance(receipt, Receipt)
    config = ("--config", daemon.config)
    found = json.loads(run_underpaintd("show", receipt.id, "--json", *config).stdout)
    assert Path(found["stego_path"]).read_bytes() == image
    assert found["stego_path"].endswith(".png")
    assert (found["path"] is None) == (keep == "stego")
    run_underpaintd("export", receipt.id, tmp_path, *config)
    assert (tmp_path / "secret.txt").read_bytes() == b"the secret"
    run_underpaintd("verify", *config)


def test_a_lost_receipt_is_given_when_asked_again(
    new_daemon: Any, connect: Any, stego: Any
) -> None:
    daemon = new_daemon()
    alice = daemon.allow("alice")
    address = daemon.start()
    image, upload = stego(alice, address.server_key), os.urandom(16)
    client = connect(address, alice)
    client.send(Push(upload))
    client.answer()
    client.send_data(image)
    client.send(PushEnd(len(image), hashlib.sha256(image).digest()))
    client.drop()
    daemon.wait_for_event("kept")
    receipt = connect(address, alice).push_when_let(image, upload)
    assert isinstance(receipt, Receipt)
    (row,) = daemon.received()
    assert row["id"] == receipt.id


@pytest.mark.parametrize("forget", [False, True])
def test_what_the_operator_removed_does_not_come_back_by_itself(
    new_daemon: Any, connect: Any, stego: Any, run_underpaintd: Any, forget: bool
) -> None:
    daemon = new_daemon()
    alice = daemon.allow("alice")
    address = daemon.start()
    image, upload = stego(alice, address.server_key), os.urandom(16)
    client = connect(address, alice)
    receipt = client.push(image, upload)
    options = ["--forget"] if forget else []
    run_underpaintd("remove", receipt.id, *options, "--config", daemon.config)
    again = client.push(image, upload)
    assert isinstance(again, Receipt)
    if forget:
        assert [row["id"] for row in daemon.received()] == [again.id]
        return
    assert (again, client.resumed_at) == (receipt, len(image))
    assert daemon.received() == []
    client.send(Push(upload))
    assert isinstance(client.answer(), PushAccepted)
    client.send(Push(upload, anew=True))
    assert client.answer().code == "mismatch"


def test_one_upload_is_worked_on_by_one_connection(
    new_daemon: Any, connect: Any, stego: Any
) -> None:
    daemon = new_daemon()
    alice = daemon.allow("alice")
    address = daemon.start()
    image, upload = stego(alice, address.server_key), os.urandom(16)
    first, second = connect(address, alice), connect(address, alice)
    first.send(Push(upload))
    assert isinstance(first.answer(), PushAccepted)
    refusal = second.push(image, upload)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "in_progress"
    assert refusal.retry_after


def test_what_is_refused_says_why_and_the_connection_goes_on(
    new_daemon: Any, connect: Any, stego: Any
) -> None:
    daemon = new_daemon(upload_bytes="200 kB", secret_bytes=4000, pixels=50_000)
    alice, bob = daemon.allow("alice"), daemon.allow("bob")
    address = daemon.start()
    key = address.server_key
    good = stego(alice, key)
    client = connect(address, alice)
    bad = {
        "nothing_found": stego(bob, key),
        "unusable_image": b"this is a text" * 50,
        "too_large": os.urandom(300_000),
        "mismatch": good,
    }
    for code, image in bad.items():
        if code == "mismatch":
            client.send(Push(os.urandom(16)))
            client.answer()
            client.send_data(image)
            client.send(PushEnd(len(image), bytes(32)))
            answer = client.answer()
        else:
            answer = client.push(image)
        assert isinstance(answer, Refusal), code
        assert answer.code == code
        assert str(daemon.state) not in answer.message
    for too_big in (stego(alice, key, os.urandom(5000)), stego(alice, key, shape=(240, 240))):
        assert isinstance(client.push(too_big), Refusal)
    assert isinstance(client.push(good), Receipt)
    client.close()
    assert len(daemon.received()) == 1
    assert daemon.leftovers() == []


def test_a_tampered_image_is_damaged_or_nothing_and_keeps_nothing(
    new_daemon: Any, connect: Any, stego: Any
) -> None:
    import io

    import numpy as np
    from PIL import Image

    daemon = new_daemon()
    alice = daemon.allow("alice")
    address = daemon.start()
    samples = np.array(Image.open(io.BytesIO(stego(alice, address.server_key, bytes(3000)))))
    samples[60:] ^= np.uint8(1)
    file = io.BytesIO()
    Image.fromarray(samples).save(file, "PNG")
    answer = connect(address, alice).push(file.getvalue())
    assert isinstance(answer, Refusal)
    assert answer.code in {"damaged", "nothing_found"}
    assert daemon.received() == []
    assert daemon.leftovers() == []


@pytest.mark.parametrize("message", [PushEnd(0, bytes(32)), "data"])
def test_what_is_out_of_turn_ends_the_connection(
    new_daemon: Any, connect: Any, message: Any
) -> None:
    daemon = new_daemon()
    alice = daemon.allow("alice")
    client = connect(daemon.start(), alice)
    if message == "data":
        client.send_data(b"nobody asked for this")
    else:
        client.send(message)
    with pytest.raises(ConnectionFailed):
        client.next_event()
    daemon.wait_for_event("broken")


def test_an_upload_that_stands_still_ends(new_daemon: Any, connect: Any) -> None:
    daemon = new_daemon(transfer_timeout="2 s")
    alice = daemon.allow("alice")
    client = connect(daemon.start(), alice)
    client.send(Push(os.urandom(16)))
    assert isinstance(client.answer(), PushAccepted)
    client.send_data(b"beginning")
    with pytest.raises(ConnectionFailed):
        client.next_event()
    daemon.wait_for_event("broken")
    assert len(daemon.leftovers()) == 1  # it can be resumed


def test_a_full_disk_is_a_refusal_and_the_daemon_lives_on(
    new_daemon: Any, connect: Any, stego: Any
) -> None:
    daemon = new_daemon()
    alice = daemon.allow("alice")
    address = daemon.start(
        after="import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))"
    )
    client = connect(address, alice)
    large = stego(alice, address.server_key, shape=(480, 480))
    assert len(large) > 300_000
    answer = client.push(large)
    assert isinstance(answer, Refusal)
    assert answer.code == "storage"
    assert answer.retry_after
    assert daemon.leftovers() == []
    assert isinstance(client.push(stego(alice, address.server_key)), Receipt)
    assert len(daemon.received()) == 1
    assert daemon.stop() == 0
