"""Which addresses a crawl may speak to: only those of the public internet, unless the site or a setting allows others.

Judged three times: the host as it is written, every address that its name resolves to, and, since a name server may
give another answer a moment later, the peer of the connection before the first byte is sent.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.statscollectors import StatsCollector
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress, IHostResolution, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]

logger = logging.getLogger(__name__)

Resolve = Callable[[str], Awaitable[Iterable[str]]]


class PrivateAddress(IgnoreRequest):
    """A request would have gone to an address that is not on the public internet."""


def is_public(address: str) -> bool:
    """Whether an IP address is globally reachable, also the IPv4 address inside a mapped, 6to4 or NAT64 one."""
    ip = ip_address(address.partition("%")[0])
    return ip.is_global and not ip.is_multicast and all(inner.is_global for inner in _embedded(ip))


def _embedded(ip: IPv4Address | IPv6Address) -> Iterable[IPv4Address]:
    if isinstance(ip, IPv4Address):
        return ()
    nat64 = IPv4Address(int(ip) & 0xFFFFFFFF) if ip.exploded.startswith("0064:ff9b:0000:0000:0000:0000:") else None
    return [inner for inner in (ip.ipv4_mapped, ip.sixtofour, nat64) if inner is not None]


def refuse_private(peer: str) -> None:
    """Raise PrivateAddress unless the peer's address is public."""
    if not is_public(peer):
        raise PrivateAddress(f"refused to speak to {peer}: {ADVICE}")


ADVICE = (
    "it is not an address of the public internet; if the site is yours, allow it with "
    "'allow_private = true' in its site file or --allow-private"
)


def allows_private(crawler: Crawler) -> bool:
    """Whether the crawl may speak to private addresses: by the spider's attribute or the setting."""
    return bool(getattr(crawler.spider, "allow_private", False)) or crawler.settings.getbool("NEWSWARC_ALLOW_PRIVATE")


class AddressGuard:
    """Downloader middleware: refuses requests to private addresses, redirected ones and those for robots.txt too."""

    def __init__(self, resolve: Resolve, *, stats: StatsCollector | None) -> None:
        self._resolve = resolve
        self._stats = stats
        self._told: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Not needed where the site or the setting allows every address."""
        if allows_private(crawler):
            raise NotConfigured
        return cls(resolve, stats=crawler.stats)

    async def process_request(self, request: Request) -> None:
        """Raise PrivateAddress if the request would leave the public internet."""
        host = urlparse_cached(request).hostname
        if not host or urlparse_cached(request).scheme not in {"http", "https"}:
            return
        for address in await self._addresses(host, proxied=bool(request.meta.get("proxy"))):
            if not is_public(address):
                raise self._refusal(host, address)

    async def _addresses(self, host: str, *, proxied: bool) -> Iterable[str]:
        try:
            ip_address(host.partition("%")[0])
        except ValueError:
            return () if proxied else await self._resolve(host)
        return (host,)

    def _refusal(self, host: str, address: str) -> PrivateAddress:
        where = host if host == address else f"{host} ({address})"
        refusal = PrivateAddress(f"refused to speak to {where}: {ADVICE}")
        if self._stats is not None:
            self._stats.inc_value("addresses/refused")
        if host not in self._told:
            self._told.add(host)
            logger.warning("%s", refusal)
        return refusal


async def resolve(host: str) -> list[str]:
    """The addresses of a host name, by the crawl's own (caching) resolver; none where the download will fail for it."""
    from twisted.internet import reactor

    found: Deferred[list[str]] = Deferred()
    reactor.nameResolver.resolveHostName(_Addresses(found), host)
    return await maybe_deferred_to_future(found)


@implementer(IResolutionReceiver)
class _Addresses:
    """Collects what the resolver finds."""

    def __init__(self, found: Deferred[list[str]]) -> None:
        self._found = found
        self._hosts: list[str] = []

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:  # noqa: N802, N803
        pass

    def addressResolved(self, address: IAddress) -> None:  # noqa: N802
        self._hosts.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        self._found.callback(self._hosts)
