"""`--client-ca`: operations with `mutualTLS` need a client certificate, over real TLS."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.cli.test_https import base
from tests.process import READY, Processes, run

OPERATION = {"responses": {"200": {"description": "ok", "content": {"application/json": {"example": {"ok": True}}}}}}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Vault", "version": "1"},
    "paths": {
        "/open": {"get": OPERATION},
        "/closed": {"get": {**OPERATION, "security": [{"certificate": []}]}},
    },
    "components": {"securitySchemes": {"certificate": {"type": "mutualTLS"}}},
}


class Authority(NamedTuple):
    """An authority that signs client certificates; `file` has its own certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    file: Path

    def client(self, folder: Path) -> tuple[Path, Path]:
        """The files of a client certificate and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = signed("alice", key, self.certificate.subject, self.key, is_authority=False)
        private = serialization.PrivateFormat.PKCS8
        secret = key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption())
        (folder / "client.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
        (folder / "client.key").write_bytes(secret)
        return folder / "client.pem", folder / "client.key"


def signed(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name | None,
    by: ec.EllipticCurvePrivateKey,
    *,
    is_authority: bool,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .sign(by, hashes.SHA256())
    )


def authority(folder: Path) -> Authority:
    folder.mkdir()
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = signed(f"authority {folder.name}", key, None, key, is_authority=True)
    file = folder / "authority.pem"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return Authority(key, certificate, file)


class Vault(NamedTuple):
    """A mock of DOCUMENT over HTTPS, the authority that it knows, and a folder."""

    url: str
    known: Authority
    folder: Path

    def get(self, path: str, shown: Authority | None = None) -> httpx.Response:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if shown is not None:
            context.load_cert_chain(*shown.client(self.folder))
        return httpx.get(self.url + path, verify=context, timeout=60)


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    folder = tmp_path_factory.mktemp("vault")
    (folder / "vault.yaml").write_text(yaml.safe_dump(DOCUMENT), encoding="utf-8")
    known = authority(folder / "known")
    options = ["--https", "--client-ca", str(known.file), "--port", "0"]
    with Processes() as processes:
        _, lines = processes.start("serve", str(folder / "vault.yaml"), *options, until=READY)
        yield Vault(base(lines), known, folder)


def test_an_operation_with_mutual_tls_is_refused_without_a_client_certificate(vault: Vault) -> None:
    refused = vault.get("/closed")

    assert 401 == refused.status_code
    assert "send a client certificate (certificate)" in refused.text
    assert "--client-ca" in refused.text
    assert "ClientCertificate" == refused.headers["www-authenticate"]


def test_a_client_certificate_of_a_known_authority_is_accepted(vault: Vault) -> None:
    assert (200, {"ok": True}) == ((reply := vault.get("/closed", vault.known)).status_code, reply.json())


def test_an_operation_without_mutual_tls_needs_no_certificate(vault: Vault) -> None:
    assert 200 == vault.get("/open").status_code


def test_a_client_certificate_of_another_authority_cannot_connect(vault: Vault) -> None:
    with pytest.raises(httpx.TransportError):
        vault.get("/closed", authority(vault.folder / "other"))


@pytest.mark.parametrize(
    ("options", "said"),
    [([], "--client-ca needs --https"), (["--https"], "has no certificate of an authority, in PEM")],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, options: list[str], said: str) -> None:
    (tmp_path / "vault.yaml").write_text(yaml.safe_dump(DOCUMENT), encoding="utf-8")
    (tmp_path / "ca.pem").write_text("nothing", encoding="utf-8")

    done = run("serve", str(tmp_path / "vault.yaml"), "--client-ca", str(tmp_path / "ca.pem"), *options)

    assert 2 == done.returncode
    assert said in " ".join(done.stderr.split())
