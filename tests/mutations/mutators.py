"""Ways to change a stego image: its file's bytes, and its samples.

Each takes the subject, another subject under the same key, and a source of randomness, and
returns a file.
"""

from __future__ import annotations

import dataclasses
import struct
import zlib
from collections.abc import Callable

import numpy as np
from tests.mutations.subjects import Subject

from underpaint_common.pictures import Picture, encode

Rng = np.random.Generator
Mutator = Callable[[Subject, Subject, Rng], bytes]
SIGNATURE_BYTES = 8


def a_few(rng: Rng, most: int) -> int:
    """Return a count that is mostly small."""
    return min(int(rng.geometric(0.2)), most)


# Bytes of the file


def flip_bits(subject: Subject, _: Subject, rng: Rng) -> bytes:
    data = np.frombuffer(subject.file, np.uint8).copy()
    for place in rng.integers(0, data.size, a_few(rng, 40)):
        data[place] ^= np.uint8(1 << rng.integers(0, 8))
    return data.tobytes()


def overwrite(subject: Subject, _: Subject, rng: Rng) -> bytes:
    data = bytearray(subject.file)
    start = int(rng.integers(0, len(data)))
    length = a_few(rng, len(data) - start)
    data[start : start + length] = rng.bytes(length)
    return bytes(data)


def cut(subject: Subject, _: Subject, rng: Rng) -> bytes:
    return subject.file[: int(rng.integers(0, len(subject.file)))]


def remove(subject: Subject, _: Subject, rng: Rng) -> bytes:
    start = int(rng.integers(0, len(subject.file)))
    return subject.file[:start] + subject.file[start + a_few(rng, 60) :]


def insert(subject: Subject, other: Subject, rng: Rng) -> bytes:
    start = int(rng.integers(0, len(subject.file)))
    first = int(rng.integers(0, len(other.file)))
    inserted = other.file[first : first + 4 * a_few(rng, 60)]
    return subject.file[:start] + inserted + subject.file[start:]


def splice(subject: Subject, other: Subject, rng: Rng) -> bytes:
    return (
        subject.file[: rng.integers(0, len(subject.file))]
        + other.file[rng.integers(0, len(other.file)) :]
    )


def with_good_checksums(subject: Subject, _: Subject, rng: Rng) -> bytes:
    """Change bytes inside PNG chunks and make their CRCs right again."""
    if not subject.file.startswith(b"\x89PNG"):
        return flip_bits(subject, subject, rng)
    data = bytearray(subject.file)
    chunks = []
    place = SIGNATURE_BYTES
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        chunks.append((place, length))
        place += 12 + length
    start, length = chunks[rng.integers(0, len(chunks))]
    for _unused in range(a_few(rng, 20)):
        at = start + 4 + int(rng.integers(0, length + 4))
        data[at] = int(rng.integers(0, 256))
    end = start + 8 + length
    struct.pack_into(">I", data, end, zlib.crc32(data[start + 4 : end]))
    return bytes(data)


# Samples


def encoded(subject: Subject, samples, alpha=None) -> bytes:
    alpha = subject.stego.alpha if alpha is None else alpha
    changed = dataclasses.replace(
        subject.stego,
        samples=np.ascontiguousarray(samples),
        alpha=None if alpha is None else np.ascontiguousarray(alpha),
    )
    return b"".join(encode(changed))


def flip_low_bits(subject: Subject, _: Subject, rng: Rng) -> bytes:
    samples = subject.stego.samples.copy()
    flat = samples.reshape(-1)
    for place in rng.integers(0, flat.size, a_few(rng, 200)):
        flat[place] ^= flat.dtype.type(1 << rng.integers(0, 4))
    return encoded(subject, samples)


def one_sample(subject: Subject, _: Subject, rng: Rng) -> bytes:
    samples = subject.stego.samples.copy()
    flat = samples.reshape(-1)
    flat[rng.integers(0, flat.size)] = rng.integers(0, 256)
    return encoded(subject, samples)


def noise_everywhere(subject: Subject, _: Subject, rng: Rng) -> bytes:
    samples = subject.stego.samples
    chance = rng.choice([0.001, 0.01, 0.1, 1.0])
    moved = (rng.random(samples.shape) < chance) * rng.integers(-1, 2, samples.shape)
    top = np.iinfo(samples.dtype).max
    return encoded(subject, np.clip(samples.astype(np.int64) + moved, 0, top).astype(samples.dtype))


def region_of(picture: Picture, subject: Subject, rng: Rng) -> bytes:
    """Copy a rectangle of another picture over the stego image."""
    samples = subject.stego.samples.copy()
    if picture.samples.shape[2] != samples.shape[2] or picture.samples.dtype != samples.dtype:
        return one_sample(subject, subject, rng)
    height = min(samples.shape[0], picture.height)
    width = min(samples.shape[1], picture.width)
    top, left = int(rng.integers(0, height)), int(rng.integers(0, width))
    rows = slice(top, top + 1 + int(rng.integers(0, height - top)))
    columns = slice(left, left + 1 + int(rng.integers(0, width - left)))
    samples[rows, columns] = picture.samples[:height, :width][rows, columns]
    return encoded(subject, samples)


def part_of_the_cover(subject: Subject, _: Subject, rng: Rng) -> bytes:
    return region_of(subject.cover, subject, rng)


def part_of_another(subject: Subject, other: Subject, rng: Rng) -> bytes:
    return region_of(other.stego, subject, rng)


def turned(subject: Subject, _: Subject, rng: Rng) -> bytes:
    turn = int(rng.integers(0, 8))

    def move(array):
        array = np.rot90(array, turn % 4)
        return array[:, ::-1] if turn >= 4 else array

    alpha = subject.stego.alpha
    return encoded(subject, move(subject.stego.samples), None if alpha is None else move(alpha))


def cropped(subject: Subject, _: Subject, rng: Rng) -> bytes:
    top, left = (int(each) for each in rng.integers(0, 3, 2))
    alpha = subject.stego.alpha
    return encoded(
        subject,
        subject.stego.samples[top:, left:],
        None if alpha is None else alpha[top:, left:],
    )


def another_alpha(subject: Subject, _: Subject, rng: Rng) -> bytes:
    shape, kind = subject.stego.samples.shape[:2], subject.stego.samples.dtype
    top = np.iinfo(kind).max
    alpha = np.full(shape, top, kind) if subject.stego.alpha is None else subject.stego.alpha.copy()
    for place in rng.integers(0, alpha.size, a_few(rng, 30)):
        alpha.reshape(-1)[place] = 0 if rng.random() < 0.5 else top
    return encoded(subject, subject.stego.samples, alpha)


def another_depth(subject: Subject, _: Subject, rng: Rng) -> bytes:
    samples, alpha = subject.stego.samples, subject.stego.alpha
    if samples.dtype == np.uint8:
        wide = np.uint16(257) if rng.random() < 0.5 else np.uint16(1)
        widened = None if alpha is None else alpha.astype(np.uint16) * np.uint16(257)
        return encoded(subject, samples.astype(np.uint16) * wide, widened)
    return encoded(subject, (samples & np.uint16(255)).astype(np.uint8))


def other_channels(subject: Subject, _: Subject, rng: Rng) -> bytes:
    samples = subject.stego.samples
    if samples.shape[2] == 1:
        return encoded(subject, np.repeat(samples, 3, axis=2))
    return encoded(subject, samples[:, :, rng.permutation(3)])


MUTATORS: tuple[Mutator, ...] = (
    flip_bits,
    overwrite,
    cut,
    remove,
    insert,
    splice,
    with_good_checksums,
    flip_low_bits,
    one_sample,
    noise_everywhere,
    part_of_the_cover,
    part_of_another,
    turned,
    cropped,
    another_alpha,
    another_depth,
    other_channels,
)
