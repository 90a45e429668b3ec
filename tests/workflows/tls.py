"""A TLS front for the dev server, which speaks none itself: it asks clients for certificates, as Temporal Cloud does."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Issued:
    """A certificate and its key, as files."""

    cert: Path
    key: Path


class Authority:
    """Signs certificates; its own stands in `file`."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        ca = x509.BasicConstraints(ca=True, path_length=0)
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        now = datetime.now(UTC)
        made = (
            self._builder(self._name, self._key, now - timedelta(days=400), now + timedelta(days=400))
            .add_extension(ca, critical=True)
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.file = folder / f"{name}-ca.pem"
        self.file.write_bytes(made.public_bytes(Encoding.PEM))

    def issue(self, name: str, *, days: int = 30, of: str = "") -> Issued:
        """For the DNS name `name`, valid until `days` from now; less than nothing has expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        until = datetime.now(UTC) + timedelta(days=days)
        made = (
            self._builder(
                x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), key, until - timedelta(days=60), until
            )
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        stem = of or f"{name}-{days}"
        issued = Issued(self._folder / f"{stem}.pem", self._folder / f"{stem}.key")
        issued.cert.write_bytes(made.public_bytes(Encoding.PEM))
        issued.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return issued

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, since: datetime, until: datetime
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(since)
            .not_valid_after(until)
        )


@asynccontextmanager
async def front(target: str, server: Issued, clients: Authority, *, silent: bool = False) -> AsyncIterator[str]:
    """The address of a TLS front before `target` that lets in whom `clients` signed for.

    It tells others why not, as servers do, or just hangs up where it is `silent`.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(clients.file))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(server.cert, server.key)
    context.set_alpn_protocols(["h2"])
    host, _, port = target.rpartition(":")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, ssl.SSLError, EOFError):
            sealed = await _Sealed.greet(context, reader, writer, silent=silent)
            behind_reader, behind_writer = await asyncio.open_connection(host, int(port))
            await asyncio.gather(sealed.open_to(behind_writer), sealed.seal_from(behind_reader))
            behind_writer.close()
        writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    finally:
        listener.close()


class _Sealed:
    """TLS by hand over two streams: asyncio's own server never sends the alert that says why a handshake failed."""

    def __init__(self, context: ssl.SSLContext, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_side=True)

    @classmethod
    async def greet(
        cls,
        context: ssl.SSLContext,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        silent: bool,
    ) -> _Sealed:
        sealed = cls(context, reader, writer)
        while True:
            try:
                sealed._tls.do_handshake()
            except ssl.SSLWantReadError:
                await sealed._flush()
                await sealed._fill()
            except ssl.SSLError:
                if not silent:
                    await sealed._flush()
                raise
            else:
                await sealed._flush()
                return sealed

    async def open_to(self, writer: asyncio.StreamWriter) -> None:
        """What the client says, in clear, until it ends."""
        with suppress(OSError, ssl.SSLError, EOFError):
            while True:
                try:
                    block = self._tls.read(65_536)
                except ssl.SSLWantReadError:
                    await self._fill()
                    continue
                if not block:
                    break
                writer.write(block)
                await writer.drain()
        writer.close()

    async def seal_from(self, reader: asyncio.StreamReader) -> None:
        """What the server says, sealed, until it ends."""
        with suppress(OSError, ssl.SSLError):
            while block := await reader.read(65_536):
                self._tls.write(block)
                await self._flush()
        self._writer.close()

    async def _fill(self) -> None:
        block = await self._reader.read(65_536)
        if not block:
            raise EOFError
        self._in.write(block)

    async def _flush(self) -> None:
        self._writer.write(self._out.read())
        await self._writer.drain()
