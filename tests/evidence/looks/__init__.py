"""Pictures made up for tests: smooth patches of light and dark, as photographs have them, another for each seed."""

from __future__ import annotations

import io
import random

from PIL import Image


def photo(seed: int, *, side: int = 240) -> Image.Image:
    """A picture of large soft patches with a little noise."""
    chance = random.Random(seed)
    patches = Image.frombytes("RGB", (7, 6), bytes(chance.randrange(256) for _ in range(7 * 6 * 3)))
    soft = patches.resize((side, side * 3 // 4), Image.Resampling.BICUBIC)
    noise = Image.frombytes("L", soft.size, chance.randbytes(soft.width * soft.height)).convert("RGB")
    return Image.blend(soft, noise, 0.05)


def encoded(picture: Image.Image, quality: int = 90) -> bytes:
    """The picture as a JPEG."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return file.getvalue()
