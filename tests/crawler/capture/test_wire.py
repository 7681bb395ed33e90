"""The bytes that a raw server received and sent are the bytes of the exchange, both ways, whatever the server does."""

import gzip

import brotli
import pytest

PAGE = b"<html><title>Tram bridge reopens</title><p>The bridge over the Aller is open again.</p></html>"
LARGE = bytes(range(256)) * 12_288
GZIPPED = gzip.compress(PAGE, mtime=0)
EARLY_HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nX-Odd:no space\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def answer(body=PAGE, head=b"", status=b"200 OK"):
    return b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n" % (status, head, len(body)) + body


CHUNKED_HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\nContent-Type: text/html\r\n\r\n"
CHUNKS = b"".join(
    b'%X;part="%d"\r\n%s\r\n' % (len(PAGE[i : i + 30]), i, PAGE[i : i + 30]) for i in range(0, len(PAGE), 30)
)
TRAILER = b"0;last\r\nX-Sum: 12345\r\nx-again: yes\r\n\r\n"


def dribble(message, pause=0.0005):
    return [step for byte in message for step in (bytes([byte]), pause)]


WHOLE = {
    "plain": [answer()],
    "head-and-body-apart": [answer()[:60], 0.02, answer()[60:]],
    "odd-head": [
        answer(
            head=b"x-ODD-case:1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nDate:  spaced \r\nSet-Cookie: c=3\r\n",
            status=b"200 Alles in Ordnung \xe4",
        )
    ],
    "folded": [answer(head=b"X-Long: one\r\n two\r\n\tthree\r\n")],
    "no-colon": [answer(head=b"this line has no colon\r\nX-After: yes\r\n")],
    "no-reason": [answer(status=b"200")],
    "line-feeds": [answer(head=b"X-A: 1\r\n").replace(b"\r\n", b"\n")],
    "empty": [answer(b"")],
    "204": [b"HTTP/1.1 204 No Content\r\nX-Empty: yes\r\n\r\n"],
    "304": [b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n'],
    "404": [answer(b"gone", status=b"404 Not Found")],
    "chunked": [CHUNKED_HEAD + CHUNKS + TRAILER],
    "chunked-dribble": dribble(CHUNKED_HEAD + CHUNKS + TRAILER),
    "gzip": [answer(GZIPPED, b"Content-Encoding: gzip\r\nContent-Type: text/html\r\n")],
    "br": [answer(brotli.compress(PAGE), b"Content-Encoding: br\r\nContent-Type: text/html\r\n")],
    "gzip-chunked": [
        CHUNKED_HEAD.replace(b"Trailer: X-Sum", b"Content-Encoding: gzip"),
        b"%x\r\n" % len(GZIPPED),
        GZIPPED,
        b"\r\n0\r\n\r\n",
    ],
    "http-1.0": [b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE, 0.02, PAGE, "close"],
    "connection-close": [answer(head=b"Connection: close\r\n"), "close"],
    "large": [answer(LARGE)],
}
INTERIM = {
    "100": [CONTINUE + answer()],
    "103": [EARLY_HINTS, 0.02, answer()],
    "103-103-100": [EARLY_HINTS + EARLY_HINTS + CONTINUE + answer()],
    "103-dribble": dribble(EARLY_HINTS + answer()),
    "103-line-feeds": [EARLY_HINTS.replace(b"\r\n", b"\n") + answer()],
}
TRAILING = {
    "trailing": [answer() + b"more than was said"],
    "trailing-chunked": [CHUNKED_HEAD + CHUNKS + TRAILER + b"HTTP/1.1 200 OK\r\n\r\n"],
    "trailing-204": [b"HTTP/1.1 204 No Content\r\n\r\n" + b"a body nevertheless"],
    "trailing-large": [answer(LARGE) + b"more"],
}
CUT = {
    "cut-in-head": ([answer()[:30], "close"], "disconnect", "DownloadFailedError"),
    "cut-in-body": ([answer()[:-20], 0.02, "close"], "disconnect", "ResponseDataLossError"),
    "cut-in-chunk": ([CHUNKED_HEAD + CHUNKS[:50], 0.02, "close"], "disconnect", "ResponseDataLossError"),
    "cut-before-last-chunk": ([CHUNKED_HEAD + CHUNKS, 0.02, "close"], "disconnect", "ResponseDataLossError"),
    "cut-in-103": ([EARLY_HINTS[:40], "close"], "disconnect", "DownloadFailedError"),
    "cut-after-103": ([EARLY_HINTS, 0.02, "close"], "disconnect", "DownloadFailedError"),
    "reset-in-body": ([answer()[:-20], 0.1, "reset"], "disconnect", "ResponseDataLossError"),
    "no-answer": (["close"], "disconnect", "DownloadFailedError"),
    "silent": (["hang"], "time", "DownloadTimeoutError"),
    "silent-in-head": ([answer()[:30], "hang"], "time", "DownloadTimeoutError"),
    "silent-in-body": ([answer()[:-20], "hang"], "time", "DownloadTimeoutError"),
    "not-http": ([b"220 smtp.example ready\r\n\r\n"], "unspecified", "DownloadFailedError"),
    "garbage": ([b"\x16\x03\x01\x02\x00\x01\x00\n\n"], "unspecified", "DownloadFailedError"),
    "unknown-coding": ([CHUNKED_HEAD.replace(b"chunked", b"zipped") + b"x"], "unspecified", "DownloadFailedError"),
}
TOO_LARGE = {
    "too-large-declared": [answer(LARGE)],
    "too-large-chunked": [CHUNKED_HEAD, *[b"400\r\n" + LARGE[:1024] + b"\r\n"] * 1000, "close"],
    "too-large-until-close": [b"HTTP/1.0 200 OK\r\n\r\n", *[LARGE[:65536]] * 40, "close"],
}
HEAD = {"head": [b'HTTP/1.1 200 OK\r\nContent-Length: 4711\r\nETag: W/"1"\r\n\r\n']}
MOVED = {"moved": [answer(b"over there", b"Location: /plain?from=moved\r\n", b"301 Moved Permanently")]}
POSTED = {"posted": [answer()], "posted-nothing": [answer()]}
SLOW = {"silent", "silent-in-head", "silent-in-body"}


def hangs_up_on_second(served, seen=[]):  # noqa: B006  (the play remembers its requests)
    seen.append(served)
    return ["close"] if len(seen) == 2 else [answer()]


def plays():
    cut = {name: play for name, (play, _, _) in CUT.items()}
    named = WHOLE | INTERIM | TRAILING | cut | TOO_LARGE | HEAD | MOVED | POSTED
    return {f"/{name}": play for name, play in named.items()} | {
        "/plain?from=moved": [answer()],
        "/stale": hangs_up_on_second,
        "/q?a=%20b&a=%C3%A4": [answer()],
    }


def requests(server):
    urls = {path[1:]: server.url(path) for path in server.plays if path not in {"/plain?from=moved", "/stale"}}
    for name, url in urls.items():
        meta = {"download_timeout": 0.3} if name in SLOW else {"download_maxsize": 100_000} if name in TOO_LARGE else {}
        yield {"name": name, "url": url, "meta": meta, "method": "HEAD" if name in HEAD else "GET"} | (
            {"method": "POST", "body": "q=tram&q=bridge" if name == "posted" else ""} if name in POSTED else {}
        )
    for name in ("stale", "stale-retried"):
        yield {"name": name, "url": server.url("/stale")}


@pytest.fixture(scope="module")
def server(serve):
    return serve(plays())


@pytest.fixture(scope="module")
def crawled(server, crawl):
    refused = {"name": "refused", "url": "http://127.0.0.1:1/"}
    return crawl([*requests(server), refused])


def received(exchange):
    return b"".join([*exchange["interim"], exchange["response"], exchange["trailing"]])


def both(server, crawled, name):
    (served,) = server.of(f"/{name}")
    return served, crawled.exchange(server.url(f"/{name}"))


@pytest.mark.parametrize("name", [*WHOLE, *INTERIM, *TRAILING, *CUT, *HEAD, *MOVED, *POSTED])
def test_both_directions_are_kept_byte_for_byte(server, crawled, name):
    served, exchange = both(server, crawled, name)
    assert served.received == exchange["request"]
    assert served.sent == received(exchange)


@pytest.mark.parametrize("name", [*WHOLE, *INTERIM, *TRAILING, *HEAD, *MOVED, *POSTED])
def test_a_whole_message_is_not_called_truncated(server, crawled, name):
    _, exchange = both(server, crawled, name)
    assert exchange["truncated"] is None


@pytest.mark.parametrize(("name", "reason", "error"), [(name, *rest[1:]) for name, rest in CUT.items()], ids=CUT)
def test_a_failed_exchange_says_why_and_the_spider_gets_scrapys_error(server, crawled, name, reason, error):
    _, exchange = both(server, crawled, name)
    assert reason == exchange["truncated"]
    assert error == crawled.outcome(name)["error"]
    assert crawled.outcome(name)["capture"] is not None


@pytest.mark.parametrize("name", TOO_LARGE)
def test_what_is_too_large_is_kept_as_far_as_it_came(server, crawled, name):
    served, exchange = both(server, crawled, name)
    assert served.received == exchange["request"]
    assert b"".join(TOO_LARGE[name][:-1] or TOO_LARGE[name]).startswith(exchange["response"])
    assert len(exchange["response"]) > 100
    assert len(exchange["response"]) < 1_000_000
    assert exchange["truncated"] == "length"
    assert crawled.outcome(name)["error"] == "DownloadCancelledError"


@pytest.mark.parametrize("name", INTERIM)
def test_interim_heads_stand_apart_from_the_message(server, crawled, name):
    _, exchange = both(server, crawled, name)
    assert answer() == exchange["response"]
    assert exchange["interim"]
    assert all(head.startswith(b"HTTP/1.1 10") and head.endswith(b"\n") for head in exchange["interim"])


@pytest.mark.parametrize("name", TRAILING)
def test_bytes_after_the_message_stand_apart_from_it(server, crawled, name):
    _, exchange = both(server, crawled, name)
    assert exchange["trailing"]
    assert exchange["response"] + exchange["trailing"] == b"".join(TRAILING[name])


@pytest.mark.parametrize("name", ["plain", "folded", "line-feeds", "chunked", "chunked-dribble", "gzip", "br", "103"])
def test_the_spider_gets_the_decoded_page(crawled, name):
    assert crawled.outcome(name)["body"] == PAGE
    assert crawled.outcome(name)["capture"] is not None


@pytest.mark.parametrize("name", ["gzip", "br", "gzip-chunked"])
def test_only_gzip_and_br_are_asked_for(server, crawled, name):
    served, _ = both(server, crawled, name)
    assert served.header("Accept-Encoding") == "gzip, br"


def test_a_redirect_is_two_exchanges(server, crawled):
    assert answer() == crawled.exchange(server.url("/plain?from=moved"))["response"]
    assert server.url("/plain?from=moved") == crawled.outcome("moved")["url"]


def test_the_target_uri_is_as_it_was_sent(server, crawled):
    assert server.of("/q?a=%20b&a=%C3%A4")
    assert crawled.exchange(server.url("/q?a=%20b&a=%C3%A4"))


def test_a_posted_body_is_part_of_the_request(server, crawled):
    assert crawled.exchange(server.url("/posted"))["request"].endswith(b"\r\n\r\nq=tram&q=bridge")
    assert b"Content-Length: 0\r\n" in crawled.exchange(server.url("/posted-nothing"))["request"]


def test_a_connection_is_used_again(server, crawled):
    apart = {server.of(f"/{name}")[0].connection for name in ("plain", "head-and-body-apart", "odd-head", "folded")}
    assert len(apart) == 1


def test_a_retry_on_a_dead_connection_is_one_exchange(server, crawled):
    first, dead, retried = server.of("/stale")
    assert first.connection == dead.connection != retried.connection
    exchanges = [exchange for exchange in crawled.exchanges if exchange["url"] == server.url("/stale")]
    assert [first.sent, retried.sent] == [received(exchange) for exchange in exchanges]
    assert [first.received, retried.received] == [exchange["request"] for exchange in exchanges]
    assert crawled.outcome("stale-retried")["status"] == 200


def test_where_nothing_was_sent_there_is_no_exchange(crawled):
    assert crawled.outcome("refused")["error"] == "DownloadConnectionRefusedError"
    assert crawled.outcome("refused")["capture"] is None
    assert not [exchange for exchange in crawled.exchanges if exchange["url"] == "http://127.0.0.1:1/"]


def test_the_peer_and_the_instant_are_noted(server, crawled):
    _, exchange = both(server, crawled, "plain")
    assert exchange["peer"] == "127.0.0.1"
    assert exchange["started"].endswith("+00:00")
    assert exchange["protocols"] == []
    assert sorted(kept["started"] for kept in crawled.exchanges) == [kept["started"] for kept in crawled.exchanges]


def test_tls_is_teed_in_clear(serve, crawl, server_tls):
    plays = {"/": [answer()], "/103": [EARLY_HINTS, answer(GZIPPED, b"Content-Encoding: gzip\r\n") + b"tail"]}
    plays |= {"/cut": [answer()[:-5], 0.02, "close"], "/until-close": [b"HTTP/1.0 200 OK\r\n\r\n" + PAGE, "close"]}
    server = serve(plays, tls=server_tls)
    crawled = crawl([{"name": path, "url": server.url(path, "https")} for path in plays])
    for path in plays:
        (served,) = server.of(path)
        exchange = crawled.exchange(server.url(path, "https"))
        assert served.received == exchange["request"]
        assert served.sent == received(exchange)
        assert exchange["protocols"] == ["tls/1.3"]
        assert exchange["peer"] == "127.0.0.1"
    assert crawled.exchange(server.url("/cut", "https"))["truncated"] == "disconnect"
    assert crawled.exchange(server.url("/until-close", "https"))["truncated"] is None
    assert crawled.outcome("/103")["body"] == PAGE


def test_behind_a_connect_proxy_the_peer_is_unknown(serve, crawl, server_tls):
    proxy = serve({"/inside": [answer()]}, tunnel=server_tls)
    url = "https://127.0.0.1:9/inside"
    crawled = crawl([{"name": str(n), "url": url, "meta": {"proxy": proxy.url()}} for n in range(2)])
    for served, exchange in zip(proxy.of("/inside"), crawled.exchanges, strict=True):
        assert served.received == exchange["request"]
        assert answer() == exchange["response"]
        assert exchange["peer"] is None
        assert exchange["protocols"] == ["tls/1.3"]


def test_behind_a_plain_proxy_the_request_is_kept_in_its_absolute_form(serve, crawl):
    proxy = serve({"/x": [answer()]})
    crawled = crawl([{"name": "x", "url": "http://aller.example/x", "meta": {"proxy": proxy.url()}}])
    (exchange,) = crawled.exchanges
    assert exchange["request"].startswith(b"GET http://aller.example/x HTTP/1.1\r\n")
    assert exchange["peer"] is None
    assert exchange["url"] == "http://aller.example/x"
