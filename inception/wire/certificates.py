"""The server's keys: read from the configuration's files, or made once and kept in its state directory.

https://dev.mysql.com/doc/refman/8.4/en/creating-ssl-rsa-files-using-mysql.html describes the same of MySQL.
"""

import datetime
import logging
import os
import ssl
import tempfile
from collections.abc import Callable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from inception.errors import ConfigError
from inception.wire.tls import Security

log = logging.getLogger(__name__)
_NAME = "Inception auto-generated"
_VALID = datetime.timedelta(days=3650)
_RSA_BITS = 2048


def default_state_directory() -> Path:
    """Return where the server keeps its keys unless told otherwise: systemd's StateDirectory, or the user's own."""
    given = os.environ.get("STATE_DIRECTORY", "").split(":")[0]
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local/state")
    return Path(given) if given else Path(base) / "inception"


def prepare(
    state: Path,
    *,
    cert: str = "",
    key: str = "",
    ca: str = "",
    require_secure_transport: bool = False,
    require_client_certificate: bool = False,
) -> Security:
    """Return what secures logins. Paths are those of PEM files, '' where there is none.

    Without a certificate a self-signed one is made. `ca` is what certificates of clients are checked against. Raises
    ConfigError for files that cannot be used or do not go together.
    """
    if bool(cert) != bool(key):
        raise ConfigError("tls_cert and tls_key must be given together.")
    if require_client_certificate and not ca:
        raise ConfigError("tls_require_client_certificate needs tls_ca, which says whose certificates are taken.")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own = cert or str(_kept(state / "tls.pem", _self_signed))
    _load(f"tls_cert '{own}'", lambda: context.load_cert_chain(own, key or None, password=_no_passphrase))
    if ca:
        _load(f"tls_ca '{ca}'", lambda: context.load_verify_locations(ca))
        context.verify_mode = ssl.CERT_REQUIRED if require_client_certificate else ssl.CERT_OPTIONAL
    password_key = load_pem_private_key(_kept(state / "rsa.pem", _rsa_key).read_bytes(), None)
    if not isinstance(password_key, rsa.RSAPrivateKey):
        raise ConfigError(f"'{state / 'rsa.pem'}' is no RSA key: remove it, a new one is made.")
    return Security(context, password_key, require_secure_transport or require_client_certificate)


def _load(what: str, load: Callable[[], object]) -> None:
    try:
        load()
    except OSError as error:  # ssl.SSLError is one
        raise ConfigError(f"{what} can't be used: {error.strerror or error}.") from None


def _no_passphrase() -> str:
    raise ConfigError("tls_key is encrypted: the server has nobody to ask for its passphrase.")


def _kept(path: Path, make: Callable[[], bytes]) -> Path:
    """Make a file that only its owner can read, if there is none; of several that do so at once one wins."""
    if path.exists():
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent) as draft:  # mode 0600
            draft.write(make())
            draft.flush()
            os.fsync(draft.fileno())
            try:
                os.link(draft.name, path)
            except FileExistsError:
                return path
    except OSError as error:
        raise ConfigError(f"state_directory: '{path}' can't be made: {error.strerror}. Set another one.") from None
    log.info("made %s", path)
    return path


def _rsa_key() -> bytes:
    return _pem(rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS))


def _self_signed() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, _NAME)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + _VALID)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    return _pem(key) + certificate.public_bytes(Encoding.PEM)


def _pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
