"""Certificates for TLS to the Temporal server: read and checked before they are used, and what a refused handshake means.

The client's library says no more than "transport error"; people need to hear which of ten things it was.
"""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

CA, CERT, KEY = "CLAIMLINE_TEMPORAL_TLS_CA", "CLAIMLINE_TEMPORAL_TLS_CERT", "CLAIMLINE_TEMPORAL_TLS_KEY"
NAME, SWITCH = "CLAIMLINE_TEMPORAL_TLS_SERVER_NAME", "CLAIMLINE_TEMPORAL_TLS"
_SECONDS_TO_REFUSE = 1.0


class CertificateError(Exception):
    """One line: which file or which side of the handshake, what is wrong with it, what to do."""


@dataclass(frozen=True, slots=True)
class Identity:
    """PEM texts: the authority that the server is checked by, and our own certificate with its key."""

    ca: bytes | None = None
    cert: bytes | None = None
    key: bytes | None = None


def read_identity(*, ca: Path | None, cert: Path | None, key: Path | None, now: datetime) -> Identity:
    """Reads and checks the files that are named. Raises CertificateError."""
    found = Identity(ca=_read(CA, ca), cert=_read(CERT, cert), key=_read(KEY, key))
    if found.ca is not None:
        for one in _certificates(CA, found.ca):
            _check_time(CA, one, now)
    if found.cert is not None and found.key is not None:
        own = _certificates(CERT, found.cert)[0]
        _check_time(CERT, own, now)
        try:
            private = load_pem_private_key(found.key, None)
        except TypeError:
            raise CertificateError(f"{KEY}: the key is locked by a password; give it without one") from None
        except ValueError:
            raise CertificateError(f"{KEY}: is no private key in PEM form") from None
        if private.public_key() != own.public_key():
            raise CertificateError(f"{KEY}: is not the key of the certificate in {CERT}")
    return found


def expiry(pem: bytes) -> datetime:
    """When the first of these certificates expires. Raises CertificateError where there is none."""
    return _certificates(CERT, pem)[0].not_valid_after_utc


def _read(setting: str, path: Path | None) -> bytes | None:
    try:
        return path.read_bytes() if path else None
    except OSError as problem:
        raise CertificateError(f"{setting}: {path} can't be read: {problem.strerror}") from None


def _certificates(setting: str, pem: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError:
        raise CertificateError(f"{setting}: is no certificate in PEM form") from None


def _check_time(setting: str, one: x509.Certificate, now: datetime) -> None:
    if now > one.not_valid_after_utc:
        raise CertificateError(f"{setting}: the certificate expired on {one.not_valid_after_utc:%Y-%m-%d}; renew it")
    if now < one.not_valid_before_utc:
        raise CertificateError(
            f"{setting}: the certificate is valid from {one.not_valid_before_utc:%Y-%m-%d %H:%M} UTC on; is the clock right?"
        )


def check_handshake(
    address: str, identity: Identity, *, files: tuple[Path | None, Path | None], server_name: str = "", seconds: float
) -> None:
    """Tries one handshake at HOST:PORT and says why it fails. Returns where it succeeds, or nobody listens there.

    `files` are our own certificate and its key. Raises CertificateError.
    """
    host, _, port = address.rpartition(":")
    context = ssl.create_default_context(cadata=identity.ca.decode() if identity.ca else None)
    context.set_alpn_protocols(["h2"])
    if files[0] and files[1]:
        context.load_cert_chain(files[0], files[1])
    name = server_name or host.strip("[]")
    try:
        with (
            socket.create_connection((host.strip("[]"), int(port)), seconds) as plain,
            context.wrap_socket(plain, server_hostname=name) as sealed,
        ):
            # TLS 1.3 ends the handshake before the server has looked at our certificate: it says no by the next read.
            # Nothing is sent before, or its "no" would be lost with what it never read.
            sealed.settimeout(min(seconds, _SECONDS_TO_REFUSE))
            if not sealed.recv(1):
                raise ConnectionResetError
    except ssl.SSLCertVerificationError as problem:
        raise CertificateError(_of_server(problem, name)) from None
    except ssl.SSLError as problem:
        raise CertificateError(_of_us(problem)) from None
    except ConnectionResetError:
        raise CertificateError(
            f"the server hung up at the handshake without a word; it wants a certificate of ours, or another one ({CERT})"
        ) from None
    except OSError:
        return


def speaks_tls(address: str, seconds: float) -> bool:
    """Whether the server at HOST:PORT answers a TLS greeting, whoever it is and whatever it wants."""
    host, _, port = address.rpartition(":")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    try:
        with (
            socket.create_connection((host.strip("[]"), int(port)), seconds) as plain,
            context.wrap_socket(plain) as sealed,
        ):
            return sealed.version() is not None
    except ssl.SSLError as problem:
        return "ALERT" in str(problem.reason)
    except OSError:
        return False


_OF_SERVER = {
    10: "has expired; it has to be renewed there",
    9: "is not valid yet; are both clocks right?",
    62: f"is for another name; set {NAME} to one that stands in it",
    64: f"names no such address; set {NAME} to a name that stands in it",
}
"""By OpenSSL's X509_V_ERR_ codes."""


def _of_server(problem: ssl.SSLCertVerificationError, name: str) -> str:
    what = _OF_SERVER.get(
        problem.verify_code, f"is signed by nobody whom this machine trusts; set {CA} to its authority's certificate"
    )
    return f"the server's certificate, asked for as {name}, {what}"


_OF_US = (
    ("CERTIFICATE_REQUIRED", f"asks for a certificate of ours; set {CERT} and {KEY}"),
    ("HANDSHAKE_FAILURE", f"asks for a certificate of ours, or for another kind of TLS; set {CERT} and {KEY}"),
    ("CERTIFICATE_EXPIRED", f"says that our certificate has expired; renew {CERT}, or look at the server's clock"),
    ("UNKNOWN_CA", f"does not know the authority of our certificate; {CERT} has to be signed by one that it trusts"),
    ("BAD_CERTIFICATE", f"refuses our certificate; {CERT} has to be one made for this server"),
    ("CERTIFICATE_UNKNOWN", f"refuses our certificate; {CERT} has to be one made for this server"),
    ("CERTIFICATE_REVOKED", f"says that our certificate was revoked; get a new {CERT}"),
    ("WRONG_VERSION_NUMBER", f"speaks no TLS at this port; unset {SWITCH}, or correct the address"),
    ("RECORD_LAYER_FAILURE", f"speaks no TLS at this port; unset {SWITCH}, or correct the address"),
)


def _of_us(problem: ssl.SSLError) -> str:
    reason = str(problem.reason)
    return "the server " + next((what for word, what in _OF_US if word in reason), f"ended the handshake ({reason})")
