"""A crawl speaks to the public internet only, unless it is told otherwise."""

import socket

import pytest

from crawler.capture.addresses import is_public

PUBLIC = ["93.184.215.14", "1.1.1.1", "2606:4700::6810:84e5", "::ffff:1.1.1.1", "64:ff9b::101:101"]
NOT_PUBLIC = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address):
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_not_public(address):
    assert not is_public(address)


def answer(body=b"secret", head=b"", status=b"200 OK"):
    return b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n" % (status, head, len(body)) + body


@pytest.fixture(scope="module")
def inside(serve):
    """A server that stands on a private address."""
    return serve({"/": [answer()], "/robots.txt": [answer()]})


@pytest.fixture(scope="module")
def proxy(serve, inside):
    """A proxy whose origin server redirects to the private address."""
    return serve({"/moved": [answer(b"", f"Location: {inside.url()}\r\n".encode(), b"302 Found")]})


@pytest.fixture(scope="module")
def crawled(crawl, inside, proxy, tmp_path_factory):
    port, behind = inside.port, {"proxy": proxy.url(), "dont_obey_robotstxt": True}
    requests = [
        {"name": "literal", "url": inside.url()},
        {"name": "again", "url": inside.url()},
        {"name": "named", "url": f"http://localhost:{port}/"},
        {"name": "number", "url": f"http://2130706433:{port}/"},
        {"name": "redirected", "url": "http://aller.example/moved", "meta": behind},
    ]
    path = tmp_path_factory.mktemp("addresses") / "c"
    return crawl(requests, collection=str(path), private=False, settings={"ROBOTSTXT_OBEY": True})


@pytest.mark.parametrize("name", ["literal", "named", "number", "redirected"])
def test_a_private_address_is_refused(crawled, inside, name):
    outcome = crawled.outcome(name)
    assert outcome["error"] == "PrivateAddress"
    assert "--allow-private" in outcome["message"]
    assert inside.served == []
    assert inside.connections == 0


def test_a_refused_request_has_no_capture_although_the_redirect_to_it_has(crawled):
    assert crawled.outcome("redirected")["capture"] is None
    assert crawled.stats["downloader/response_status_count/302"] == 1


def test_one_line_a_host_is_logged(crawled):
    lines = [line for line in crawled.log.splitlines() if "refused to speak to" in line]
    hosts = [line.split("refused to speak to ")[1].split(": it is not")[0] for line in lines]
    assert sorted(hosts) == ["127.0.0.1", "2130706433 (127.0.0.1)", "localhost (127.0.0.1)"]
    assert "Traceback" not in crawled.log


def test_a_name_that_turns_private_is_refused_before_a_byte_is_sent(crawl, inside, tmp_path):
    """The guard judged another address: then the peer of the connection is judged."""
    settings = {"DOWNLOADER_MIDDLEWARES": {}, "RETRY_ENABLED": True}
    requests = [{"name": "rebound", "url": f"http://localhost:{inside.port}/"}]
    crawled = crawl(requests, collection=str(tmp_path / "c"), private=False, settings=settings)
    assert crawled.outcome("rebound")["error"] == "PrivateAddress"
    assert inside.served == []
    assert "Traceback" not in crawled.log


def test_the_setting_allows_private_addresses(crawl, serve, tmp_path):
    server = serve({"/": [answer()]})
    settings = {"NEWSWARC_ALLOW_PRIVATE": True}
    requests = [{"name": "allowed", "url": server.url()}]
    crawled = crawl(requests, collection=str(tmp_path / "c"), private=False, settings=settings)
    assert crawled.outcome("allowed")["body"] == b"secret"


ONLY_SIX = "six.example"
"""A host that has an AAAA record, and no other."""


def has_ipv6_loopback():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.fixture(scope="module")
def inside_six(serve):
    if not has_ipv6_loopback():
        pytest.skip("this machine has no IPv6 loopback address")
    return serve({"/": [answer()], "/robots.txt": [answer()]}, host="::1")


def both_ways(server):
    """Requests for a server on ::1, by its address and by the name that has no IPv4 address."""
    named = f"http://{ONLY_SIX}:{server.port}/"
    requests = [{"name": "literal", "url": server.url()}, {"name": "named", "url": named}]
    return {"requests": requests, "names": {ONLY_SIX: "::1"}}


def test_servers_with_ipv6_alone_are_asked(crawl, inside_six):
    """Their address is what the archive says; the Host header is as RFC 3986 writes it."""
    crawled = crawl(**both_ways(inside_six))
    for name in ("literal", "named"):
        assert crawled.outcome(name)["body"] == b"secret"
    assert [exchange["peer"] for exchange in crawled.exchanges] == ["::1", "::1"]
    port = inside_six.port
    assert [one.header("Host") for one in inside_six.of("/")] == [f"[::1]:{port}", f"{ONLY_SIX}:{port}"]


def test_private_ipv6_addresses_are_refused_alike(crawl, inside_six, tmp_path):
    connections = inside_six.connections
    crawled = crawl(**both_ways(inside_six), collection=str(tmp_path / "c"), private=False)
    for name in ("literal", "named"):
        assert crawled.outcome(name)["error"] == "PrivateAddress"
        assert "refused to speak to" in crawled.outcome(name)["message"]
    assert inside_six.connections == connections


def test_a_private_ipv6_peer_is_refused_before_a_byte_is_sent(crawl, inside_six, tmp_path):
    asked = len(inside_six.served)
    settings = {"DOWNLOADER_MIDDLEWARES": {}}
    crawled = crawl(**both_ways(inside_six), collection=str(tmp_path / "c"), private=False, settings=settings)
    assert [crawled.outcome(name)["error"] for name in ("literal", "named")] == ["PrivateAddress"] * 2
    assert len(inside_six.served) == asked
