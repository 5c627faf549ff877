"""The bounds of what a daemon spends, whatever its peers do: `limits:` in the configuration."""

from __future__ import annotations

import os

import msgspec

from underpaint_common.units import ByteCount, PixelCount, Seconds
from underpaint_common.wire import LEAST_RECORD, MAX_RECORD

_MIB, _GIB = 1 << 20, 1 << 30

RECEIVE_BYTES_PER_UPLOAD = 2 * _MIB
"""The session's buffer of one record, what waits when reading is paused, and the piece that is
being written."""


def _processors_but_one() -> int:
    """Leave one processor to the event loop and the disk's threads."""
    return max(1, (os.cpu_count() or 1) - 1)


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every bound, with a safe default; `template.TEMPLATE` says what each is for."""

    connections: int = 1024
    half_open: int = 128
    failed_handshakes: int = 60
    connections_per_client: int = 64
    uploads_per_client: int = 16
    upload_bytes: ByteCount = ByteCount(256 * _MIB)
    record_bytes: ByteCount = ByteCount(MAX_RECORD)
    secret_bytes: ByteCount = ByteCount(256 * _MIB)
    pixels: PixelCount = PixelCount(128_000_000)
    image_jobs: int = msgspec.field(default_factory=_processors_but_one)
    file_jobs: int = 4
    hook_jobs: int = 4
    receive_buffers: ByteCount = ByteCount(64 * _MIB)
    spool_bytes: ByteCount = ByteCount(16 * _GIB)
    spool_ttl: Seconds = Seconds(24 * 3600)
    client_bytes: ByteCount = ByteCount(64 * _GIB)
    min_free: ByteCount = ByteCount(256 * _MIB)
    handshake_timeout: Seconds = Seconds(5)
    transfer_timeout: Seconds = Seconds(30)
    idle_timeout: Seconds = Seconds(300)
    hook_timeout: Seconds = Seconds(60)
    shutdown_timeout: Seconds = Seconds(8)

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if type(value) is int and value < 1:
                raise ValueError(f"{name} must be at least 1")
        if self.receive_buffers < RECEIVE_BYTES_PER_UPLOAD:
            raise ValueError(
                f"receive_buffers must be at least {RECEIVE_BYTES_PER_UPLOAD >> 20} MiB"
            )
        if not LEAST_RECORD <= self.record_bytes <= MAX_RECORD:
            raise ValueError(
                f"record_bytes must be from {LEAST_RECORD >> 10} KiB to {MAX_RECORD >> 10} KiB"
            )
