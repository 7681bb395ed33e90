"""Names → addresses of both kinds, IPv4 and IPv6, as the system has them."""

from typing import Any

from scrapy.resolver import CachingHostnameResolver, HostResolution


class Resolver(CachingHostnameResolver):
    """Scrapy's; what can be no name of a host has no address, where Twisted's would never answer."""

    def resolveHostName(self, resolutionReceiver: Any, hostName: str, *more: Any, **named: Any) -> Any:  # noqa: ANN401, N802, N803
        """Tell Twisted's receiver each address of a host."""
        if is_name(hostName):
            return super().resolveHostName(resolutionReceiver, hostName, *more, **named)
        resolution = HostResolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        resolutionReceiver.resolutionComplete()
        return resolution


def is_name(host: str) -> bool:
    """Whether a name server could be asked for it: labels have 1 to 63 characters (RFC 1035, section 2.3.4)."""
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True
