"""Which extractor made an item: the version, and a digest of its rules, so that a changed result can be explained."""

import hashlib
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files

from crawler.items import SiteRules


def extractor(rules: SiteRules | None = None) -> str:
    """E.g. 'newswarc/0.1.0+1f3a9c02'."""
    return _extractor(rules.digest if rules else "")


@lru_cache(maxsize=1024)
def _extractor(site_digest: str) -> str:
    digest = hashlib.sha256(f"{rules_digest()}{site_digest}".encode()).hexdigest()
    return f"newswarc/{_version()}+{digest[:8]}"


@cache
def rules_digest() -> str:
    """Of everything that decides: this package's modules and weights, and the list of tracking parameters."""
    digest = hashlib.sha256()
    deciding = [*files(__package__).iterdir(), files("archives") / "tracking.py"]
    for file in sorted(deciding, key=lambda file: file.name):
        if file.is_file() and not file.name.endswith(".pyc"):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


@cache
def _version() -> str:
    try:
        return version("newswarc")
    except PackageNotFoundError:  # run from a copy of the sources
        return "0"
