"""Signatures: what is signed verifies, here and in browsers; what was altered or is another's does not."""

import base64
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from archives.errors import SignatureInvalid, SigningKeyUnusable
from archives.verify.findings import Checked
from archives.wacz.pack import pack
from archives.wacz.signing import SigningKey, check_signature
from archives.wacz.verify import signature_of, verify_wacz

DIGEST = "sha256:ec1f44ab13e2c94b0ddf66e9673d585ba4a77e6f8c9cc30d8665da434557e885"
P384 = ec.derive_private_key(2024, ec.SECP384R1())


def pem(key, encryption=None) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())


@pytest.fixture
def key(tmp_path) -> SigningKey:
    (tmp_path / "key.pem").write_bytes(pem(P384))
    return SigningKey.load(tmp_path / "key.pem")


@pytest.fixture
def signed(key) -> dict[str, str]:
    return key.sign(DIGEST, created="2024-06-11T12:00:00Z", software="newswarc")


def test_what_is_signed_verifies(key, signed):
    signature = check_signature(signed, DIGEST)
    assert (signature.signer, signature.created) == (key.name, "2024-06-11T12:00:00Z")


def test_the_signature_is_as_webcrypto_wants_it(signed):
    """r and s of 48 bytes each; the key in SPKI."""
    assert set(signed) == {"hash", "signature", "publicKey", "created", "software"}
    assert len(base64.b64decode(signed["signature"])) == 96
    assert len(base64.b64decode(signed["publicKey"])) == 120


def changed(text: str) -> str:
    return ("A" if text[30] != "A" else "B").join((text[:30], text[31:]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"hash": "sha256:00"}, "the signature is of sha256:00"),
        ({"signature": "nonsense"}, "cannot be read|not by the key"),
        ({"signature": None}, "cannot be read"),
        ({"publicKey": "nonsense"}, "cannot be read"),
        ({"publicKey": "", "domainCert": "nonsense", "domain": "a.example"}, "cannot be read"),
    ],
    ids=["another hash", "no signature", "signature missing", "no key", "no certificate"],
)
def test_what_does_not_hold(signed, change, said):
    with pytest.raises(SignatureInvalid, match=said):
        check_signature(signed | change, DIGEST)


def test_a_signature_by_another_key(signed):
    signed["signature"] = changed(signed["signature"])
    with pytest.raises(SignatureInvalid, match="not by the key beside it"):
        check_signature(signed, DIGEST)


def certified(domain: str) -> dict[str, str]:
    """As signing servers write it: a certificate of the domain, the signature in DER."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "signer.example")])
    key = ec.derive_private_key(1969, ec.SECP256R1())
    today = datetime(2024, 6, 11, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(today)
        .not_valid_after(today + timedelta(days=90))
        .sign(key, SHA256())
    )
    signature = key.sign(DIGEST.encode(), ec.ECDSA(SHA256()))
    return {
        "hash": DIGEST,
        "created": "2024-06-11T12:00:00Z",
        "signature": base64.b64encode(signature).decode(),
        "domain": domain,
        "domainCert": certificate.public_bytes(Encoding.PEM).decode() * 2,
    }


def test_a_signature_by_a_domain():
    signature = check_signature(certified("signer.example"), DIGEST)
    assert signature.signer == "signer.example (certificate and time stamp not checked)"
    with pytest.raises(SignatureInvalid, match=r"of signer\.example, the signature says other\.example"):
        check_signature(certified("other.example"), DIGEST)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (pem(ec.derive_private_key(7, ec.SECP256R1())), "not a key on the curve P-384"),
        (pem(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))), "not a key on the curve P-384"),
        (pem(P384, BestAvailableEncryption(b"secret")), "the key is encrypted"),
        (b"Buy milk.\n", "no private key in PEM; make one with 'openssl"),
        (None, "cannot be read: No such file"),
    ],
    ids=["another curve", "another kind", "encrypted", "no key", "no file"],
)
def test_a_file_without_a_key_to_sign_with(content, said, tmp_path):
    if content is not None:
        (tmp_path / "other.pem").write_bytes(content)
    with pytest.raises(SigningKeyUnusable, match=said):
        SigningKey.load(tmp_path / "other.pem")


def test_a_signed_package_and_one_that_was_signed_for_another(collection, exchange, clock, key, tmp_path):
    collection.archive(exchange())
    collection.seal()
    path = tmp_path / "post.wacz"
    pack(collection, path, key=key, now=clock)
    assert list(verify_wacz(path, Checked())) == []
    signature = signature_of(path)
    assert signature is not None
    assert signature.signer == key.name

    with zipfile.ZipFile(path) as source, zipfile.ZipFile(tmp_path / "other.wacz", "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "datapackage-digest.json":
                told = json.loads(content)
                told["signedData"]["signature"] = changed(told["signedData"]["signature"])
                content = json.dumps(told).encode()
            target.writestr(name, content)
    (finding,) = verify_wacz(tmp_path / "other.wacz", Checked())
    assert "datapackage-digest.json: the signature is not by the key beside it" in str(finding)
    assert signature_of(tmp_path / "other.wacz") is None
