"""Making a picture in which boxes are filled, from the decoded original at full size. Runs in the child only."""

import io
import os

from PIL import Image

from evidence.core import boxes
from evidence.core.boxes import Box, BoxError
from evidence.examination import media_types, pictures, structure
from evidence.examination.redacted import QUALITY, Outcome, Redacted


def redact(descriptor: int, untrusted_boxes: bytes) -> Redacted:
    """Decode the open file whole, upright, and fill the boxes before anything is encoded."""
    try:
        picture = _whole(descriptor)
        wanted = boxes.loads(untrusted_boxes)
        boxes.check(wanted, picture.width, picture.height)
    except (pictures.TooLargeError, MemoryError):
        return Redacted(Outcome.TOO_LARGE)
    except pictures.UndecodableError:
        return Redacted(Outcome.UNDECODABLE)
    except BoxError:
        return Redacted(Outcome.OTHER_SIZE)
    return Redacted(Outcome.MADE, picture.width, picture.height, encoded(picture, wanted))


def _whole(descriptor: int) -> Image.Image:
    head = os.pread(descriptor, media_types.HEAD, 0)
    media_type = media_types.detect(head)
    if not media_type.is_picture:
        raise pictures.UndecodableError
    if structure.largest_declared(head) > pictures.MOST_PIXELS and media_type.name in media_types.BOXED:
        raise pictures.TooLargeError
    with os.fdopen(os.dup(descriptor), "rb") as stream:
        stream.seek(0)
        opened = pictures.open_picture(stream, media_types.READERS[media_type.name])
        return pictures.upright(opened, longest=None).picture


def encoded(picture: Image.Image, wanted: tuple[Box, ...]) -> bytes:
    """The picture as JPEG with the boxes filled; a picture of its own, so that nothing else comes along."""
    pure = Image.new("RGB", picture.size)
    pure.paste(picture)
    for box in wanted:
        area = boxes.filled(box, pure.width, pure.height)
        pure.paste(boxes.FILL, (area.left, area.top, area.right, area.bottom))
    stream = io.BytesIO()
    pure.save(stream, "JPEG", quality=QUALITY, subsampling=0, optimize=True)
    return stream.getvalue()
