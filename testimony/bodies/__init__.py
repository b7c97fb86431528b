"""Bodies: sets of images of one case, what is read on them, and hints about images that may show the same one."""

from testimony.bodies.sets import (
    SORTED,
    Counted,
    Move,
    add_images,
    bodies_in,
    create_body,
    find_body,
    images_of,
    last_move,
    merge,
    move_images,
    record_tally,
    set_view,
    tallies_in,
    uncategorised,
    undo,
)

__all__ = [
    "SORTED",
    "Counted",
    "Move",
    "add_images",
    "bodies_in",
    "create_body",
    "find_body",
    "images_of",
    "last_move",
    "merge",
    "move_images",
    "record_tally",
    "set_view",
    "tallies_in",
    "uncategorised",
    "undo",
]
