"""A time-stamp authority of our own, for tests and for places that reach no other.

It proves no outside time: who runs it can stamp any time. It is made of `openssl ts -reply`, a root and one
certificate for time-stamps under it, made on first start. The root's key is not kept, so that nobody can ever issue a
second certificate under what was pinned. Both certificates end after ten years; then begin a new folder.
"""

from __future__ import annotations

import contextlib
import fcntl
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from custody import clock, private_files
from custody.core import authority, withdrawals
from custody.core.errors import CustodyError

VALIDITY = timedelta(days=3652)
MAX_REQUEST_BYTES = 64 * 1024
_SECONDS = 30
_ROOT, _CERTIFICATE, _KEY = "root.pem", "authority.pem", "authority.key"
# The policy is the sample of OpenSSL's own configuration, which promises nothing. No accuracy is claimed, because
# nobody here knows how right this machine's clock is.
_CONFIGURATION = """\
[tsa]
default_tsa = own
[own]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
clock_precision_digits = 3
ordering = no
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class OwnAuthorityBroken(CustodyError):
    """The authority of our own can't be made, or can't stamp."""


@dataclass(frozen=True)
class OwnAuthority:
    """Keys and serial numbers in one private folder; several threads and processes may stamp with it at once."""

    folder: Path
    openssl: str

    @property
    def root_path(self) -> Path:
        """The certificate to pin, in PEM."""
        return self._keys / _ROOT

    def fingerprint(self) -> str:
        """SHA-256 of the certificate to pin, in hex. Raises OwnAuthorityBroken."""
        return authority.fingerprint(_read_certificate(self.root_path))

    def reply(self, untrusted_request: bytes) -> bytes:
        """The DER TimeStampResp to a TimeStampReq; a request that can't be read is refused in the response itself.

        Raises OwnAuthorityBroken when OpenSSL can't answer.
        """
        with tempfile.TemporaryDirectory(prefix="amana-stamp-") as folder:
            place = Path(folder)
            (place / "openssl.cnf").write_text(_CONFIGURATION)
            (place / "request").write_bytes(untrusted_request)
            # OpenSSL adds one to what it reads.
            (place / "serial").write_text(_hexadecimal(self._next_serial() - 1))
            self._run(place)
            return (place / "response").read_bytes()

    @property
    def _keys(self) -> Path:
        return (self.folder / "keys").absolute()

    def _run(self, place: Path) -> None:
        files = ["-config", "openssl.cnf", "-queryfile", "request", "-out", "response"]
        keys = [("-signer", _CERTIFICATE), ("-inkey", _KEY), ("-chain", _ROOT)]
        named = [word for option, name in keys for word in (option, str(self._keys / name))]
        command = [self.openssl, "ts", "-reply", *files, *named]
        try:
            done = subprocess.run(command, cwd=place, capture_output=True, check=False, timeout=_SECONDS)  # noqa: S603  our own options
        except (OSError, subprocess.TimeoutExpired) as error:
            raise OwnAuthorityBroken(f"the openssl command could not be run ({type(error).__name__})") from error
        if done.returncode or not (place / "response").exists():
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise OwnAuthorityBroken(f"openssl made no time-stamp: {said[-1] if said else 'it gave no reason'}")

    def _next_serial(self) -> int:
        """A number never given before, written down before it is used: a crash loses a number and repeats none.

        Left to OpenSSL, a file that went missing would begin at 1 again, and two at once would get the same number.
        """
        path = self.folder / "serial"
        with _locked(self.folder / "serial.lock"):
            try:
                number = int(path.read_text("ascii"), 16) + 1
            except (OSError, ValueError) as error:
                raise OwnAuthorityBroken(
                    f"{path} is missing or damaged; numbers would repeat. Begin a new folder"
                ) from error
            private_files.replace(path, _hexadecimal(number).encode())
        return number


def open_authority(folder: Path) -> OwnAuthority:
    """The authority in this folder, made there when the folder holds none. Raises OwnAuthorityBroken."""
    openssl = shutil.which("openssl")
    if openssl is None:
        raise OwnAuthorityBroken("an authority of our own needs the openssl command, and there is none here")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (folder / "keys").exists():
            _make(folder)
        if (folder / "keys").stat().st_mode & 0o077:
            raise OwnAuthorityBroken(f"{folder / 'keys'} is open to other accounts of this machine (chmod 700)")
    except OSError as error:
        raise OwnAuthorityBroken(f"{folder} can't hold an authority ({error.strerror})") from error
    certificate = _read_certificate(folder / "keys" / _CERTIFICATE)
    if certificate.not_valid_after_utc <= clock.now():
        ended = f"{certificate.not_valid_after_utc:%Y-%m-%d}"
        raise OwnAuthorityBroken(f"the authority's certificate in {folder} ended on {ended}; begin a new folder")
    return OwnAuthority(folder, openssl)


def _make(folder: Path) -> None:
    """Keys appear whole or not at all, by a rename; who comes second keeps those of the first."""
    with _locked(folder / "serial.lock"):
        if (folder / "keys").exists():
            return
        private_files.replace(folder / "serial", _hexadecimal(0).encode())
        made = Path(tempfile.mkdtemp(prefix="keys-", dir=folder))
        key, certificate, root, listed = _issue(clock.now().replace(microsecond=0))
        encoded = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        for name, content in (
            (_KEY, encoded),
            (_CERTIFICATE, authority.certificate_pem(certificate)),
            (_ROOT, authority.certificate_pem(root) + listed.public_bytes(serialization.Encoding.PEM)),
        ):
            private_files.write_once(made / name, content)
        made.rename(folder / "keys")
        private_files.settle(folder)


def _issue(
    moment: datetime,
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate, x509.Certificate, x509.CertificateRevocationList]:
    """The authority's key and certificate, the root above it, whose key is gone when this returns, and its only list.

    With the root's key goes the power to withdraw: the empty list is as true on its last day as on its first.
    """
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    validity = (moment - timedelta(minutes=5), moment + VALIDITY)
    title = f"Own time-stamp authority {secrets.token_hex(4)}"
    root = authority.build_root(private_key=root_key, name=f"{title} root", serial=_serial(), validity=validity)
    above = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = x509.CertificateBuilder(
        subject_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)]),
        issuer_name=root.subject,
        public_key=key.public_key(),
    )
    builder = builder.serial_number(_serial()).not_valid_before(validity[0]).not_valid_after(validity[1])
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(), True),
        # Critical and alone: RFC 3161 section 2.3.
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(above), False),
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    listed = withdrawals.build_list(root=root, root_key=root_key, number=1, withdrawn=(), validity=validity)
    return key, builder.sign(root_key, hashes.SHA256()), root, listed


def _usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _serial() -> int:
    return secrets.randbits(authority.MAX_SERIAL_BITS - 1) + 1


def _hexadecimal(number: int) -> str:
    """As OpenSSL reads it: an even count of digits."""
    digits = f"{number:X}"
    return "0" * (len(digits) % 2) + digits


def _read_certificate(path: Path) -> x509.Certificate:
    try:
        return authority.load_chain(path.read_bytes())[0]
    except (OSError, CustodyError, IndexError) as error:
        raise OwnAuthorityBroken(f"{path} is missing or damaged") from error


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Nobody else, thread or process, is in such a block meanwhile."""
    # Each opening of the file has a lock of its own, so flock keeps threads apart too.
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
