"""Ends the process group when the supervisor is gone, however it went: `kill -9` included.

Started with two pipe ends. The first closes when the supervisor dies: only it holds the other end. The second closes
when nobody of the group is left: every child and grandchild inherits its other end. It leads the group that it ends,
so nothing has to be registered and no process number can be mistaken for another. The standard library alone, and
little of it: it is there all the time.
"""

import os
import select
import signal
import sys

# Seconds that children have to end by themselves once the supervisor is gone.
GRACE = 10.0


def closed(descriptor: int, timeout: float | None) -> bool:
    """Whether the other end of the pipe `descriptor` closes within `timeout` seconds (None: wait for ever)."""
    ready, _, _ = select.select([descriptor], [], [], timeout)
    return bool(ready) and os.read(descriptor, 1) == b""


def main() -> None:
    """Wait, ask the group to end, and end it."""
    supervisor, group = int(sys.argv[1]), int(sys.argv[2])
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    closed(supervisor, None)
    if closed(group, 0):
        return
    os.killpg(0, signal.SIGTERM)
    if not closed(group, GRACE):
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
