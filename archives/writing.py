"""How a collection is written to: what its WARC files say of who crawls, how they grow, and where they go."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from archives.lock import Lease


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def new_record_id() -> str:
    """A WARC-Record-ID that nobody has used."""
    return f"<urn:uuid:{uuid4()}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What the writer of a collection goes by."""

    operator: str = ""
    """Who crawls: a name, a mail address or a URL."""
    contact: str = ""
    """A mail address, as in the From header of the crawl's requests."""
    user_agent: str = ""
    """The User-Agent header of the crawl's requests."""
    robots: str = "obey"
    """What the crawl does about robots.txt: 'obey' or 'ignore'."""
    max_size: int = 2**30
    """Bytes that a WARC file has before another one is begun."""
    max_age: timedelta = timedelta(hours=24)
    store: str | None = None
    """Address of an object store to which sealed files are sent, e.g. 's3://bucket/prefix'."""
    lease: Lease | None = None
    """The right to write; once it has run out, nothing is written any more."""
    now: Callable[[], datetime] = utc_now
    new_id: Callable[[], str] = new_record_id

    @property
    def info(self) -> dict[str, str]:
        """What each file's warcinfo record says of the crawl (ISO 28500:2017, 6.2.2)."""
        return {
            "operator": self.operator,
            "robots": self.robots,
            "http-header-user-agent": self.user_agent,
            "http-header-from": self.contact,
        }

    def is_enough(self, size: int, age: timedelta) -> bool:
        """Whether a WARC file of this size, in bytes, and age is to be followed by another one."""
        return size >= self.max_size or age >= self.max_age
