"""Certificates of an authority that exists only while the tests run."""

import ssl
from pathlib import Path

import trustme


class Certificates:
    """An authority and a server certificate for `host`."""

    def __init__(self, host: str = "127.0.0.1", *more: str) -> None:
        """Make both; a client that connects by another name finds a wrong certificate."""
        self._authority = trustme.CA()
        self._certificate = self._authority.issue_cert(host, *more)

    def write_ca(self, path: Path) -> Path:
        """The authority's certificate, for `mail.ca_file`."""
        self._authority.cert_pem.write_to_path(path)
        return path

    def private_key(self) -> bytes:
        """The server's, which belongs into no such file."""
        return self._certificate.private_key_pem.bytes()

    def server_context(self) -> ssl.SSLContext:
        """The server's side."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._certificate.configure_cert(context)
        return context
