"""A node of the demo: a daemon, and somebody beside it who pushes images to the other node.

Environment: UNDERPAINT_HOST, this node's name, and UNDERPAINT_PEER, the other's. What is done
here is done with the two commands and the library, as an operator and a user would.
"""

import asyncio
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
from types import FrameType

import entry
import meeting

from underpaint_client.client import Client
from underpaint_client.demo.landscape import landscape
from underpaint_client.demo.treasure_map import treasure_map
from underpaint_client.prepare import Prepared
from underpaint_client.receipts import PushReceipt
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import ConnectionFailed
from underpaint_common.files import write_atomically
from underpaint_common.pictures import picture_from_array, write_picture

NAME, PEER = os.environ["UNDERPAINT_HOST"], os.environ["UNDERPAINT_PEER"]
OWN, OTHER = meeting.EXCHANGE / NAME, meeting.EXCHANGE / PEER
IMAGES = 3
COVER_SIZE = (1280, 960)
RETRIES = 100
RETRY_SECONDS = 1.0


def say(words: str) -> None:
    """Tell the log what happens."""
    print(f"{NAME}: {words}", flush=True)


def run(*command: str) -> str:
    """Run a command of ours; return what it printed."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def make_identities() -> str:
    """Make this node's server and client on the first start; return the client's public key."""
    if not pathlib.Path(os.environ["UNDERPAINTD_CONFIG"]).exists():
        run(*entry.first_start())
    identity = pathlib.Path(os.environ["UNDERPAINT_IDENTITY"])
    if not identity.exists():
        run("underpaint", "keygen")
    return Identity.load(identity).public_text


def introduce(public_key: str) -> str:
    """Exchange addresses and public keys with the peer, keep both; return its address line."""
    address = run("underpaintd", "address").strip()
    meeting.leave(OWN / "introduction.json", {"address": address, "public_key": public_key})
    peer = meeting.wait_for(OTHER / "introduction.json")
    allow = ["underpaintd", "allow", PEER, peer["public_key"]]
    if subprocess.run(allow, check=False, stderr=subprocess.DEVNULL).returncode:
        run("underpaintd", "revoke", PEER)
        run(*allow)
    meeting.leave(OWN / f"allows-{PEER}", peer["public_key"])
    meeting.wait_for(OTHER / f"allows-{NAME}", wanted=public_key)
    run("underpaint", "remote", "add", PEER, peer["address"], "--force", "--default")
    say(f"{PEER} and I know each other")
    return str(peer["address"])


def draw(number: int) -> tuple[pathlib.Path, pathlib.Path]:
    """Draw a cover and a secret for the K-th push."""
    folder = OWN / "sent" / str(number)
    folder.mkdir(parents=True, exist_ok=True)
    seed = number + (100 if NAME > PEER else 0)
    width, height = COVER_SIZE
    cover, secret = folder / "cover.png", folder / f"map-{number}-of-{NAME}.png"
    picture = picture_from_array(landscape(seed, width=width, height=height))
    write_picture(picture, cover, overwrite=True)
    write_atomically(secret, [treasure_map(seed)], overwrite=True)
    return cover, secret


async def push(address: str, secret: pathlib.Path, cover: pathlib.Path) -> None:
    """Deliver a secret exactly once, however often the peer goes away meanwhile."""
    client = Client(address, retries=RETRIES)
    prepared = await client.prepare(secret, cover=cover)
    write_atomically(cover.with_name("stego.png"), [prepared.stego], overwrite=True)
    receipt = await deliver(client, prepared)
    report = receipt.report
    if report is None:
        raise RuntimeError("what was hidden here comes without a report")
    say(
        f"pushed {secret.name} to {PEER}: receipt {receipt.id}, {receipt.bytes:,} bytes in "
        f"{receipt.stego_bytes:,}, PSNR {report.psnr_db:.1f} dB"
    )
    meeting.leave(
        cover.with_name("receipt.json"),
        {
            "id": receipt.id,
            "name": secret.name,
            "sha256": receipt.sha256,
            "psnr_db": report.psnr_db,
            "change_rate": report.change_rate,
        },
    )


async def deliver(client: Client, prepared: Prepared) -> PushReceipt:
    """Deliver what is prepared, also where not even the first connection succeeds."""
    for _ in range(RETRIES):
        try:
            async with client:
                return await client.deliver(prepared)
        except ConnectionFailed as error:
            say(f"{error.message}; again in {RETRY_SECONDS:.0f} s")
            await asyncio.sleep(RETRY_SECONDS)
    raise ConnectionFailed(f"{PEER} does not answer")


def verify() -> None:
    """Compare what arrived with what the peer says that it sent, and the store with itself."""
    wanted = set()
    for number in range(1, IMAGES + 1):
        receipt = meeting.wait_for(OTHER / "sent" / str(number) / "receipt.json")
        wanted.add(receipt["sha256"])
    arrived = json.loads(run("underpaintd", "list", "--client", PEER, "--json"))
    digests = {
        hashlib.sha256(pathlib.Path(row["path"]).read_bytes()).hexdigest() for row in arrived
    }
    if not wanted <= digests:
        raise RuntimeError(f"of {PEER}'s images {len(wanted - digests)} are missing or changed")
    run("underpaintd", "verify")
    meeting.leave(OWN / "verified.json", sorted(wanted))
    say(f"{len(wanted)} images of {PEER}'s arrived, byte for byte; the store is as it should be")


def course(public_key: str) -> None:
    """Do all that is to be seen; what was pushed in an earlier run is not pushed again."""
    address = introduce(public_key)
    for number in range(1, IMAGES + 1):
        if meeting.found(OWN / "sent" / str(number) / "receipt.json") is None:
            cover, secret = draw(number)
            asyncio.run(push(address, secret, cover))
    verify()


def main() -> int:
    """Run the daemon, and the course beside it; end as the daemon ends."""
    public_key = make_identities()
    daemon = subprocess.Popen(["underpaintd", "serve"])

    stopped = threading.Event()

    def hand_on(number: int, _frame: FrameType | None) -> None:
        stopped.set()
        daemon.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, hand_on)
    succeeded = threading.Event()

    def beside() -> None:
        try:
            course(public_key)
            succeeded.set()
        finally:
            if not succeeded.is_set():
                daemon.terminate()

    threading.Thread(target=beside, daemon=True).start()
    code = daemon.wait()
    return code if succeeded.is_set() or stopped.is_set() else 1


if __name__ == "__main__":
    sys.exit(main())
