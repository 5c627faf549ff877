"""The desk of the demo: lays what arrived at the nodes, and contact sheets, into ./demo.

It alone runs as root, without a network and with two capabilities: it reads both nodes' inboxes
and gives what it lays down to whoever owns the project's folder. The nodes themselves stay
unprivileged and see nothing of the host.
"""

import contextlib
import hashlib
import os
import pathlib
import shutil
import signal
import sys
import time
from types import FrameType

import meeting

from underpaint_client.demo.sheet import Panel, contact_sheet, difference, viewable
from underpaint_common.files import write_atomically
from underpaint_common.pictures import read_picture

NODES, DEMO = pathlib.Path("/nodes"), pathlib.Path("/demo")
POLL_SECONDS = 0.5


def main() -> None:
    """Copy what arrives, and draw each node's sheet once its first image has arrived."""
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    for earlier in DEMO.glob("*-received"):
        shutil.rmtree(earlier)
    copied: set[pathlib.Path] = set()
    drawn: set[str] = set()
    while True:
        for node in sorted(NODES.iterdir()):
            copied |= copy_new(node, copied)
            if node.name not in drawn and draw_sheet(node.name):
                drawn.add(node.name)
        time.sleep(POLL_SECONDS)


def stop(_number: int, _frame: FrameType | None) -> None:
    """End at once: every file here is written whole or not at all."""
    sys.exit(0)


def copy_new(node: pathlib.Path, copied: set[pathlib.Path]) -> set[pathlib.Path]:
    """Copy what is new in a node's inbox; return which files that were."""
    inbox = node / "state" / "inbox"
    new = {path for path in inbox.rglob("*") if path.is_file()} - copied
    for path in sorted(new):
        target = DEMO / f"{node.name}-received" / path.relative_to(inbox)
        lay_down(target, path.read_bytes())
        print(f"desk: {target.relative_to('/')}", flush=True)
    return new


def draw_sheet(sender: str) -> bool:
    """Draw cover, stego image, difference, secret and what arrived; tell whether all was there."""
    sent = meeting.EXCHANGE / sender / "sent" / "1"
    receipt = meeting.found(sent / "receipt.json")
    if receipt is None:
        return False
    arrived = found_by_digest(receipt["sha256"])
    if not arrived:
        return False
    cover, stego = read_picture(sent / "cover.png"), read_picture(sent / "stego.png")
    changes, secret = difference(cover, stego), sent / receipt["name"]
    remark = f"amplified {changes.amplification:,} times; {receipt['change_rate']:.2%} moved"
    panels = (
        Panel(viewable(cover), "cover", f"{cover.width} by {cover.height}, {sender}'s own"),
        Panel(viewable(stego), "stego image", f"PSNR {receipt['psnr_db']:.1f} dB"),
        Panel(changes.image, "difference", remark),
        Panel(viewable(read_picture(secret)), "secret", f"{secret.stat().st_size:,} bytes"),
        Panel(viewable(read_picture(arrived[0])), "what arrived", "the same, byte for byte"),
    )
    sheet = DEMO / f"{sender}-sent.png"
    contact_sheet(panels, sheet, f"From {sender}: one image beneath another")
    give_away(sheet)
    lay_down(DEMO / f"{sender}-cover.png", (sent / "cover.png").read_bytes())
    print(f"desk: contact sheet {sheet.relative_to('/')}", flush=True)
    return True


def found_by_digest(sha256: str) -> list[pathlib.Path]:
    """Return the received files of this digest."""
    files = [path for path in DEMO.glob("*-received/*/*") if path.is_file()]
    return [path for path in files if hashlib.sha256(path.read_bytes()).hexdigest() == sha256]


def lay_down(path: pathlib.Path, content: bytes) -> None:
    """Write a file of the host's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, [content], overwrite=True)
    for made in (path, *path.parents):
        if made == DEMO.parent:
            break
        give_away(made)


def give_away(path: pathlib.Path) -> None:
    """Give a file to whoever owns the project's folder, where the host knows owners at all."""
    owner = pathlib.Path("/files").stat()
    with contextlib.suppress(OSError):
        os.chown(path, owner.st_uid, owner.st_gid)


if __name__ == "__main__":
    main()
