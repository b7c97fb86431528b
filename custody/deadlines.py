"""An end to an exchange over the network, however lively the other side keeps it. The standard library alone."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from collections.abc import Iterator

from custody.core.errors import CustodyError


@contextlib.contextmanager
def within(seconds: float, connection: http.client.HTTPConnection) -> Iterator[None]:
    """Cut an open connection when the block takes longer; then raise TimeoutError, whatever the block made of it.

    A socket's own timeout begins anew with each byte, so that a server that sends one a minute would hold us forever.
    """
    over = threading.Event()
    held = connection.sock

    def cut() -> None:
        over.set()
        with contextlib.suppress(OSError):
            # Not the shutdown of an SSL socket, which would make the reading thread go on in the clear.
            socket.socket.shutdown(held, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException, CustodyError) as error:
        if over.is_set():
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()
    if over.is_set():
        raise TimeoutError
