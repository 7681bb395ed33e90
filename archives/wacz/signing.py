"""Signatures of packages, as https://specs.webrecorder.net/wacz-auth/0.1.0/ has them: of the hash of datapackage.json.

The anonymous form, which is also written here, is ECDSA on P-384 with SHA-256 over the text of the hash ('sha256:…'),
as WebCrypto writes it (r and s side by side), with its public key beside it: it proves that whoever holds the key made
the package, and nothing about who that is. Of the form with a domain's certificate the signature is checked, not the
trust in the certificate, nor its time stamp.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
)

from archives.errors import SignatureInvalid, SigningKeyUnusable

_SCHEME = ec.ECDSA(SHA256())
_NUMBER = 48
"""Bytes of r and of s on P-384."""
HOW = "make one with 'openssl ecparam -name secp384r1 -genkey -noout -out key.pem'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature that holds."""

    signer: str
    """The domain of a certificate, or the fingerprint of a key, e.g. 'key sha256:3f2a…'."""
    created: str
    """As the signer says."""


class SigningKey:
    """A private key on P-384; the only curve that ReplayWeb.page verifies."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        self._public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @classmethod
    def load(cls, path: Path) -> "SigningKey":
        """The key in a PEM file; SigningKeyUnusable, if there is none, or one of another kind."""
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except OSError as exc:
            raise SigningKeyUnusable(
                f"{path}: cannot be read: {exc.strerror}; 'newswarc pack --help' shows how to make a key"
            ) from exc
        except TypeError as exc:
            raise SigningKeyUnusable(
                f"{path}: the key is encrypted; decrypt it into a file that only you read"
            ) from exc
        except (ValueError, UnsupportedAlgorithm) as exc:
            raise SigningKeyUnusable(f"{path}: no private key in PEM; {HOW}") from exc
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP384R1):
            raise SigningKeyUnusable(f"{path}: not a key on the curve P-384, the only one WACZ readers know; {HOW}")
        return cls(key)

    @property
    def name(self) -> str:
        """The fingerprint that verification prints."""
        return _fingerprint(self._public)

    def sign(self, digest: str, *, created: str, software: str) -> dict[str, str]:
        """The `signedData` of a package whose datapackage.json has this hash, e.g. 'sha256:…'."""
        r, s = decode_dss_signature(self._key.sign(digest.encode("ascii"), _SCHEME))
        signature = r.to_bytes(_NUMBER, "big") + s.to_bytes(_NUMBER, "big")
        return {
            "hash": digest,
            "signature": base64.b64encode(signature).decode("ascii"),
            "publicKey": base64.b64encode(self._public).decode("ascii"),
            "created": created,
            "software": software,
        }


def check_signature(signed: Mapping[str, Any], digest: str) -> Signature:
    """The signature in `signedData` of this hash; SignatureInvalid, where it is none."""
    if signed.get("hash") != digest:
        raise SignatureInvalid(f"the signature is of {signed.get('hash')}, the package is {digest}")
    try:
        signature = base64.b64decode(signed["signature"], validate=True)
        key, signer = _signer(signed)
        _verify(key, signature, digest)
    except InvalidSignature as exc:
        raise SignatureInvalid("the signature is not by the key beside it: package or signature were altered") from exc
    except (KeyError, TypeError, ValueError, binascii.Error, UnsupportedAlgorithm) as exc:
        raise SignatureInvalid(f"the signature cannot be read ({type(exc).__name__}: {exc})") from exc
    return Signature(signer=signer, created=str(signed.get("created", "")))


def _signer(signed: Mapping[str, Any]) -> tuple[ec.EllipticCurvePublicKey, str]:
    """The key that is to have signed, and whose it is said to be."""
    if public := signed.get("publicKey"):
        content = base64.b64decode(public, validate=True)
        return _elliptic(load_der_public_key(content)), _fingerprint(content)
    certificate = x509.load_pem_x509_certificates(signed["domainCert"].encode("ascii"))[0]
    common = [str(part.value) for part in certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)]
    if signed.get("domain") not in {*common, *_names(certificate)}:
        raise SignatureInvalid(f"the certificate is of {', '.join(common)}, the signature says {signed.get('domain')}")
    return _elliptic(certificate.public_key()), f"{signed['domain']} (certificate and time stamp not checked)"


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return names.value.get_values_for_type(x509.DNSName)


def _elliptic(key: object) -> ec.EllipticCurvePublicKey:
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise SignatureInvalid(f"signed by a key of an unknown kind ({type(key).__name__})")
    return key


def _verify(key: ec.EllipticCurvePublicKey, signature: bytes, digest: str) -> None:
    """As WebCrypto writes signatures, or in DER, as signing servers do."""
    size = (key.curve.key_size + 7) // 8
    if len(signature) == 2 * size:
        numbers = (int.from_bytes(part, "big") for part in (signature[:size], signature[size:]))
        signature = encode_dss_signature(*numbers)
    key.verify(signature, digest.encode("utf-8"), _SCHEME)


def _fingerprint(public: bytes) -> str:
    return f"key sha256:{sha256(public).hexdigest()}"
