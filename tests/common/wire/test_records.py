"""Records: fixed bytes, keys that change, and everything that is no record."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.crypto.cbc_cipher import CbcHs512
from underpaint_common.errors import ProtocolError
from underpaint_common.wire.buffer import ReceiveBuffer
from underpaint_common.wire.records import (
    MAX_RECORD,
    MAX_SEALED,
    RecordLimits,
    RecordOpener,
    RecordSealer,
    RecordType,
    take_record,
)

KEY = bytes(range(32))


def sealer(limits: RecordLimits | None = None) -> RecordSealer:
    return RecordSealer(CbcHs512(KEY), limits or RecordLimits())


def opener(limits: RecordLimits | None = None) -> RecordOpener:
    return RecordOpener(CbcHs512(KEY), limits or RecordLimits())


def read(reader: RecordOpener, record: bytes | bytearray) -> tuple[RecordType, bytes]:
    """Open a record from a copy, since that happens in place."""
    copy = bytearray(record)
    record_type, content = reader.open_in_place(bytes(copy[:4]), memoryview(copy)[4:])
    return record_type, bytes(content)


# One after another under one key, as the protocol has fixed them.
RECORDS = [
    (
        RecordType.MESSAGE,
        b"\x81\xa4type\xa4Ping",
        (
            "0000003085773068a67acc2dbfd309d598e26d78480642ac9601c892bbd99e28558bec36dec0c8ab"
            "e287ad4619fa29aebbc5dc3e"
        ),
    ),
    (
        RecordType.DATA,
        b"first",
        (
            "00000030b9c115d01bb0a6a928948e66cdb2f33e9620bd75ca24e7fa7317a800d333d617abf41a06"
            "81d31badf34c67415d29fe0f"
        ),
    ),
    (
        RecordType.DATA,
        b"fifteen octets!",
        (
            "0000004069a929b2ee95040ab8a66d47793cc1510312b5217dd0dfbc6c9a4fb4310851b26b5afc95"
            "ff0c9741a9c1712ee4d37e04e43bda160497b8ba63bde696b79f01b2"
        ),
    ),
    (
        RecordType.CLOSE,
        b"",
        (
            "00000030ff76ae322702591899fcd2ab44100fec15fdd78149230370363a538220540db99b4c922c"
            "54df457cddb160729b19c775"
        ),
    ),
]


def test_the_bytes_of_records() -> None:
    writer, reader = sealer(), opener()
    for record_type, content, encoded in RECORDS:
        assert writer.seal(record_type, content).hex() == encoded
        assert read(reader, bytes.fromhex(encoded)) == (record_type, content)


@given(st.binary(min_size=1, max_size=100))
def test_opens_what_was_sealed(content: bytes) -> None:
    record = sealer().seal(RecordType.DATA, memoryview(content))
    assert int.from_bytes(record[:4], "big") == len(record) - 4
    assert read(opener(), record) == (RecordType.DATA, content)


def test_the_largest_record() -> None:
    record = sealer().seal(RecordType.DATA, bytes(MAX_RECORD))
    assert len(record) == 4 + MAX_SEALED
    assert read(opener(), record) == (RecordType.DATA, bytes(MAX_RECORD))
    with pytest.raises(ValueError, match="262144"):
        sealer().seal(RecordType.DATA, bytes(MAX_RECORD + 1))


@pytest.mark.parametrize(
    "limits",
    [RecordLimits(rekey_records=3), RecordLimits(rekey_bytes=3 * 52)],
    ids=["records", "bytes"],
)
def test_the_record_that_reaches_a_limit_is_the_last_under_its_key(limits: RecordLimits) -> None:
    replacing, keeping = sealer(limits), sealer()
    reader = opener(limits)
    same = []
    for _ in range(8):
        record = replacing.seal(RecordType.DATA, b"x")
        same.append(record == keeping.seal(RecordType.DATA, b"x"))
        assert read(reader, record) == (RecordType.DATA, b"x")
    assert same == [True, True, True, False, False, False, False, False]


@pytest.mark.parametrize(
    "before", [{"_records_under_key": 2**20 - 2}, {"_bytes_under_key": 2**32 - 104}]
)
def test_the_limits_are_those_of_the_page(before: dict[str, int]) -> None:
    replacing, keeping = sealer(), sealer()
    vars(replacing).update(before)
    same = [
        replacing.seal(RecordType.DATA, b"x") == keeping.seal(RecordType.DATA, b"x")
        for _ in range(4)
    ]
    assert same == [True, True, False, False]


def test_the_last_number_is_that_of_the_page() -> None:
    # 2^64 - 1 is the nonce of REKEY, and must never be a record's.
    writer = sealer()
    writer._number = 2**64 - 2
    writer.seal(RecordType.DATA, b"x")
    with pytest.raises(ProtocolError, match="used up"):
        writer.seal(RecordType.DATA, b"x")


def test_keys_are_replaced_again_and_again() -> None:
    limits = RecordLimits(rekey_records=1)
    writer, reader = sealer(limits), opener(limits)
    for _ in range(20):
        assert read(reader, writer.seal(RecordType.MESSAGE, b"x")) == (RecordType.MESSAGE, b"x")


def test_another_limit_is_another_protocol() -> None:
    writer, reader = sealer(RecordLimits(rekey_records=2)), opener(RecordLimits(rekey_records=3))
    for _ in range(2):
        read(reader, writer.seal(RecordType.DATA, b"x"))
    with pytest.raises(ProtocolError, match="record 2 cannot be authenticated"):
        read(reader, writer.seal(RecordType.DATA, b"x"))


def test_numbers_run_out_on_both_sides() -> None:
    limits = RecordLimits(last_number=1)
    writer, longer, reader = sealer(limits), sealer(), opener(limits)
    for _ in range(2):
        record = writer.seal(RecordType.DATA, b"x")
        assert record == longer.seal(RecordType.DATA, b"x")
        read(reader, record)
    with pytest.raises(ProtocolError, match="used up"):
        writer.seal(RecordType.DATA, b"x")
    with pytest.raises(ProtocolError, match="used up"):
        read(reader, longer.seal(RecordType.DATA, b"x"))


@given(st.permutations(range(4)).filter(lambda order: order != [0, 1, 2, 3]))
def test_another_order_is_refused(order: list[int]) -> None:
    writer, reader = sealer(), opener()
    records = [writer.seal(RecordType.DATA, bytes([i + 1])) for i in range(4)]
    in_order = next(place for place, i in enumerate(order) if place != i)
    for i in order[:in_order]:
        read(reader, records[i])
    with pytest.raises(ProtocolError, match="cannot be authenticated"):
        read(reader, records[order[in_order]])


@pytest.mark.parametrize(
    ("plaintext", "told"),
    [
        (b"", "no type"),
        (b"\x00x", "of type 0"),
        (b"\x04x", "of type 4"),
        (b"\x01", "message with 0 bytes"),
        (b"\x02", "data with 0 bytes"),
        (b"\x03x", "close with 1 bytes"),
    ],
)
def test_what_an_authenticated_peer_may_not_send(plaintext: bytes, told: str) -> None:
    length = CbcHs512.sealed_length(len(plaintext)).to_bytes(4, "big")
    sealed = bytearray(CbcHs512(KEY).seal(0, length, plaintext))
    with pytest.raises(ProtocolError, match=told):
        opener().open_in_place(length, memoryview(sealed))


def received(data: bytes) -> ReceiveBuffer:
    buffer = ReceiveBuffer(64)
    buffer.writable()[: len(data)] = data
    buffer.received(len(data))
    return buffer


@pytest.mark.parametrize("length", [0, 1, 47, 49, 63, 97, 4112, 2**31, 2**32 - 1])
def test_lengths_that_no_record_has(length: int) -> None:
    with pytest.raises(ProtocolError, match=r"no record has|longer than the 4096"):
        take_record(received(length.to_bytes(4, "big")), 4096)


def test_a_record_is_taken_when_it_is_whole() -> None:
    assert take_record(received(b"\0\0\0"), 4096) is None
    assert take_record(received(b"\0\0\0\x30" + bytes(47)), 4096) is None
    taken = take_record(received(b"\0\0\0\x30" + bytes(49)), 4096)
    assert taken is not None
    assert (taken[0], bytes(taken[1])) == (b"\0\0\0\x30", bytes(48))


def test_a_repr_shows_no_key() -> None:
    assert repr(KEY) not in repr(sealer())
    assert repr(KEY) not in repr(opener())
