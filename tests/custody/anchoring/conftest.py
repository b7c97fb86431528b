"""A time authority and a cosigner of the tests' own, reached on loopback like anybody's."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from custody import anchoring, notary
from custody import installation as setup
from custody.actors import for_command
from custody.anchoring.watch import Watch
from custody.core.notes import VerifierKey
from custody.cosigner.desk import Cosigner
from custody.cosigner.server import Server
from custody.models import AnchorParty, SignedCheckpoint
from custody.notary import Notary
from custody.stamping import local, serving
from tests.custody.notary.ledgers import grow_to

Newest = Callable[[], SignedCheckpoint]


@pytest.fixture
def authority(installation: Path, tmp_path: Path) -> Iterator[AnchorParty]:
    """A time authority that is trusted and answers."""
    if shutil.which("openssl") is None:
        pytest.skip("NO TIME-STAMPS MADE: there is no openssl command here")
    own = local.open_authority(tmp_path / "authority")
    with serving.serving(own) as running:
        yield anchoring.trust_authority(
            name="clock", url=running.url, certificates=own.root_path.read_bytes(), actor=for_command()
        )


@pytest.fixture
def cosigner(tmp_path: Path) -> Cosigner:
    """A cosigner's own folder."""
    return Cosigner.make(tmp_path / "cosigner", name="partner.example", passphrase=None)


@pytest.fixture
def partner(installation: Path, cosigner: Cosigner) -> Iterator[AnchorParty]:
    """A cosigner that trusts this ledger, is trusted, and answers."""
    cosigner.trust(VerifierKey.parse(setup.verifier_key().encode()))
    server = Server(("127.0.0.1", 0), cosigner)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield anchoring.trust_cosigner(
        name="partner",
        url=f"http://127.0.0.1:{server.server_address[1]}",
        key=cosigner.key.encode(),
        actor=for_command(),
    )
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def newest(installation: Path) -> Newest:
    """Signs everything committed and gives the checkpoint's row."""

    def sign() -> SignedCheckpoint:
        return SignedCheckpoint.objects.get(size=notary.ensure_checkpoint().size)

    return sign


@pytest.fixture
def watch(installation: Path) -> Watch:
    return Watch(Notary())


@pytest.fixture
def grown(installation: Path) -> None:
    """A ledger of 300 entries: more than one tile."""
    grow_to(300)
