"""Runs in alice's container: a push over a slow line, kept up through whatever happens to bob.

`python - ADDRESS SECRET_NAME BYTES_PER_SECOND` draws a noisy cover of some 18 MB, puts a slow line
between itself and bob, delivers once, and prints as JSON the receipt and what the line saw.
"""

import asyncio
import contextlib
import hashlib
import io
import json
import sys

import numpy as np
from PIL import Image

from underpaint_client.client import Client
from underpaint_common.wire import Address

CHUNK = 64 * 1024
RETRIES = 100


class SlowLine:
    """A forwarder on loopback that lets so many bytes a second through to a host."""

    def __init__(self, host: str, port: int, rate: float) -> None:
        self.connections = 0
        self.forwarded = 0
        self._to = (host, port)
        self._rate = rate

    async def start(self) -> int:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        port: int = server.sockets[0].getsockname()[1]
        return port

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        far_reader, far_writer = await self._reach()
        back = asyncio.create_task(self._copy(far_reader, writer, None))
        await self._copy(reader, far_writer, self._rate)
        await back

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to the host as soon as it is there, as a network's own repetitions would."""
        while True:
            try:
                return await asyncio.open_connection(*self._to)
            except OSError:
                await asyncio.sleep(0.2)

    async def _copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rate: float | None
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                if rate is not None:
                    self.forwarded += len(data)
                    await asyncio.sleep(len(data) / rate)
                writer.write(data)
                await writer.drain()
        writer.close()


def noise(width: int, height: int, seed: int) -> Image.Image:
    samples = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(samples)


async def main(address: str, name: str, rate: float) -> None:
    bob = Address.parse(address)
    line = SlowLine(bob.host, bob.port, rate)
    port = await line.start()
    file = io.BytesIO()
    noise(300, 200, 1).save(file, "PNG")
    async with Client(Address("127.0.0.1", port, bob.server_key), retries=RETRIES) as client:
        receipt = await client.push(file.getvalue(), cover=noise(3000, 2000, 2), name=name)
    said = {
        "id": receipt.id,
        "sha256": receipt.sha256,
        "is_exact": receipt.sha256 == hashlib.sha256(file.getvalue()).hexdigest(),
        "stego_bytes": receipt.stego_bytes,
        "connections": line.connections,
        "forwarded": line.forwarded,
    }
    print(json.dumps(said))


asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
