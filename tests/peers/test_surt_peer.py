"""pywb files and finds captures under the keys of the `surt` package: ours must be the same."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archives.surt import surt

peer = pytest.importorskip("surt", reason="the surt package is not installed: pip install surt").surt

segments = st.text("aB0._~%-=&;,()+'!* é", max_size=8)
hosts = st.from_regex(r"(www\d?\.)?[a-zA-Z0-9-]{1,6}(\.[a-zA-Z]{1,4}){1,3}\.?", fullmatch=True)
paths = st.lists(st.sampled_from(["", ".", ".."]) | segments, max_size=5).map("/".join)
queries = st.none() | st.lists(segments, max_size=4).map("&".join)


@st.composite
def urls(draw) -> str:
    scheme = draw(st.sampled_from(["http", "https", "HTTP", "ftp"]))
    port = draw(st.sampled_from(["", ":80", ":443", ":8080", ":"]))
    query = draw(queries)
    return f"{scheme}://{draw(hosts)}{port}/{draw(paths)}" + ("" if query is None else f"?{query}")


@given(urls())
@example("http://example.com")
@example("http://news.example/a/2024/06/11/ferry-late-a12345?utm_source=Feed&B=2&a=1")
@example("http://example.com/a;jsessionid=0123456789abcdefghijklmnopqrstuv?x")
@example("http://example.com/?x=1&sid=0123456789abcdefghijklmnopqrstuv&y")
@example("http://127.0.0.1:8000/page")
@example("http://[::1]:8000/page")
@example("https://www.münchen.example/straße?ä=ö")
@example("http://example.com/%e4%25%32%35%zz")
@example("urn:newswarc:interim:http://Example.com/A?b")
def test_our_key_is_the_peers(url):
    assert peer(url) == surt(url)
