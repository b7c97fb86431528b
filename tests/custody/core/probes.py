"""Ways to tamper with bytes, each with a name that says what was done."""

from collections.abc import Iterator


def flip(data: bytes, bit: int) -> tuple[str, bytes]:
    """The bytes with one bit turned over."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return f"bit {bit % 8} of byte {bit // 8} flipped", bytes(changed)


def flipped(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Every single-bit flip."""
    return (flip(data, bit) for bit in range(len(data) * 8))


def truncated(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Every proper beginning and every proper end."""
    for at in range(len(data)):
        yield f"cut to {at} bytes", data[:at]
        if at:
            yield f"first {at} bytes cut", data[at:]


def padded(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Garbage before, after and inside."""
    for garbage in (b"\x00", b"\n", b"\r\n", b" ", b"\xff", b"\xef\xbb\xbf", b"garbage", data):
        yield f"{garbage[:8]!r} after", data + garbage
        yield f"{garbage[:8]!r} before", garbage + data
        yield f"{garbage[:8]!r} inside", data[: len(data) // 2] + garbage + data[len(data) // 2 :]


def every(data: bytes) -> Iterator[tuple[str, bytes]]:
    """All of the above."""
    yield from flipped(data)
    yield from truncated(data)
    yield from padded(data)
