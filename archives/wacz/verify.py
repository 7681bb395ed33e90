"""Does a WACZ agree with itself? Manifest and files, manifest and signature, pages, records, index and records.

Nothing is asked that the standard does not ask: files by py-wacz, Browsertrix and ArchiveWeb.page must pass.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from archives.errors import MalformedPackage, SignatureInvalid
from archives.verify.findings import Checked, Finding
from archives.wacz.agreement import verify_records
from archives.wacz.reader import DATAPACKAGE, DIGEST, Entry, Wacz, printable
from archives.wacz.signing import Signature, check_signature

_ALTERED = "the package was altered or damaged; fetch it again"


def verify_wacz(path: Path, checked: Checked) -> Iterator[Finding]:
    """Check a WACZ; no finding means that all of it holds. `checked` counts along; its captures are index lines."""
    try:
        with Wacz(path) as wacz:
            yield from _told(_verify_manifest(wacz))
            yield from _told(_verify_digest(wacz))
            yield from _told(_verify_pages(wacz))
            yield from _told(verify_records(wacz, checked))
    except MalformedPackage as exc:
        yield Finding(file=exc.file, offset=None, what=exc.what)


def _told(findings: Iterator[Finding]) -> Iterator[Finding]:
    """Findings, fit to be printed; what cannot be read at all ends them as one more."""
    try:
        for finding in findings:
            yield replace(finding, file=printable(finding.file), what=printable(finding.what))
    except MalformedPackage as exc:
        yield Finding(file=exc.file, offset=None, what=exc.what)


def signature_of(path: Path) -> Signature | None:
    """Who signed a package; None if nobody did, or the signature does not hold."""
    try:
        with Wacz(path) as wacz:
            signed = (wacz.json(DIGEST) or {}).get("signedData")
            if not isinstance(signed, dict) or DATAPACKAGE not in wacz.entries:
                return None
            found = check_signature(signed, _hash(wacz, wacz.entries[DATAPACKAGE], "sha256"))
            return Signature(signer=printable(found.signer), created=printable(found.created))
    except (MalformedPackage, SignatureInvalid):
        return None


def _verify_manifest(wacz: Wacz) -> Iterator[Finding]:
    """Every file against its line in datapackage.json, both ways."""
    place = f"{wacz.path}/{DATAPACKAGE}"
    if (manifest := wacz.json(DATAPACKAGE)) is None:
        yield Finding(file=place, offset=None, what="it is missing, so that nothing vouches for the files")
        return
    for name in ("profile", "wacz_version"):
        if not isinstance(manifest.get(name), str):
            yield Finding(file=place, offset=None, what=f"it does not say its {name}")
    resources = manifest.get("resources")
    listed = [resource for resource in resources if isinstance(resource, dict)] if isinstance(resources, list) else []
    for resource in listed:
        yield from _verify_resource(wacz, str(resource.get("path")), resource)
    unlisted = wacz.entries.keys() - {resource.get("path") for resource in listed} - {DATAPACKAGE, DIGEST}
    for name in sorted(unlisted):
        yield Finding(file=f"{wacz.path}/{name}", offset=None, what=f"it is not listed in {DATAPACKAGE}", next=_ALTERED)


def _verify_resource(wacz: Wacz, name: str, resource: dict[str, Any]) -> Iterator[Finding]:
    place = f"{wacz.path}/{name}"
    if (entry := wacz.entries.get(name)) is None:
        yield Finding(file=place, offset=None, what=f"{DATAPACKAGE} lists it, and it is not there", next=_ALTERED)
        return
    if name.startswith("archive/") and not entry.stored:
        what = "it is compressed a second time in the ZIP, so that no record can be read by its offset"
        yield Finding(file=place, offset=None, what=what, next="replay it here, or write the package anew")
    if isinstance(size := resource.get("bytes"), int) and size != entry.size:
        what = f"it has {entry.size:,} bytes, {DATAPACKAGE} says {size:,}"
        yield Finding(file=place, offset=None, what=what, next=_ALTERED)
    yield from _hash_faults(wacz, entry, resource.get("hash"), DATAPACKAGE)


def _verify_digest(wacz: Wacz) -> Iterator[Finding]:
    """The manifest against datapackage-digest.json and, where that is signed, its signature."""
    told, manifest = wacz.json(DIGEST), wacz.entries.get(DATAPACKAGE)
    if told is None or manifest is None:
        return
    faults = list(_hash_faults(wacz, manifest, told.get("hash"), DIGEST))
    yield from faults
    signed = told.get("signedData")
    if faults or signed is None:
        return
    place = f"{wacz.path}/{DIGEST}"
    try:
        check_signature(signed if isinstance(signed, dict) else {}, str(told["hash"]))
    except SignatureInvalid as exc:
        yield Finding(file=place, offset=None, what=str(exc), next="do not take it for its author's")
        return
    created = (wacz.json(DATAPACKAGE) or {}).get("created")
    if created and signed.get("created") not in (None, created):
        what = f"it was signed at {signed['created']}, the package says that it was made at {created}"
        yield Finding(file=place, offset=None, what=what, next="do not take it for its author's")


def _hash_faults(wacz: Wacz, entry: Entry, stated: object, where: str) -> Iterator[Finding]:
    """A file's hash against what another file says of it."""
    algorithm, colon, value = str(stated or "").rpartition(":")
    algorithm = algorithm if colon else "md5"  # what Data Packages mean by a hash without a name
    if not value or algorithm not in hashlib.algorithms_guaranteed or algorithm.startswith("shake"):
        yield Finding(file=wacz.place(entry), offset=None, what=f"{where} has no hash of it that could be checked")
    elif (found := _hash(wacz, entry, algorithm)) != f"{algorithm}:{value.lower()}":
        what = f"its hash is {found}, {where} says {stated}"
        yield Finding(file=wacz.place(entry), offset=None, what=what, next=_ALTERED)


def _hash(wacz: Wacz, entry: Entry, algorithm: str) -> str:
    """The labelled hash of a file's content, in hexadecimal."""
    state = hashlib.new(algorithm, usedforsecurity=False)
    for piece in wacz.pieces(entry):
        state.update(piece)
    return f"{algorithm}:{state.hexdigest()}"


def _verify_pages(wacz: Wacz) -> Iterator[Finding]:
    """Lists of pages: a URL and a time in every line; py-wacz leaves the list out where it knows no page."""
    for name, entry in sorted(wacz.entries.items()):
        if not (name.startswith("pages/") and name.endswith(".jsonl")):
            continue
        for number, line in enumerate(wacz.lines(entry), 1):
            if line.strip() and (what := _page_fault(line)):
                yield Finding(file=f"{wacz.place(entry)}, line {number}", offset=None, what=what)


def _page_fault(line: bytes) -> str | None:
    try:
        page = json.loads(line)
    except (ValueError, RecursionError):
        return f"not JSON: {line[:60]!r}"
    if not isinstance(page, dict):
        return "not a JSON object"
    if "format" in page:
        return None
    missing = [name for name in ("url", "ts") if not isinstance(page.get(name), str)]
    return f"the page has no {' and no '.join(missing)}" if missing else None
