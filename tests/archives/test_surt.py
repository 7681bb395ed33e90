import pytest

from archives.surt import surt
from tests.support.endless import must_end


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://example.com", "com,example)/"),
        ("http://www.Example.com:80/", "com,example)/"),
        ("https://example.com:443/News", "com,example)/news"),
        ("https://example.com:8443/A/B/?b=2&a=1", "com,example:8443)/a/b?a=1&b=2"),
        ("http://www12.example.co.uk/", "uk,co,example)/"),
        ("http://example.com/a/../b//c/./d", "com,example)/b/c/d"),
        ("http://example.com/?", "com,example)/"),
        ("http://example.com/a#part", "com,example)/a"),
        ("http://user:secret@example.com/", "com,example)/"),
        ("http://example.com/%7Efoo%20bar", "com,example)/~foo%20bar"),
        ("http://example.com/%25%32%35", "com,example)/%25"),
        ("http://example.com/%zz", "com,example)/%25zz"),
        ("http://example.com/é", "com,example)/%c3%a9"),
        ("http://münchen.example/", "example,xn--mnchen-3ya)/"),
        ("http://127.0.0.1:8000/a", "1,0,0,127:8000)/a"),
        ("http://3279880203/", "11,0,127,195)/"),
        ("http://[2001:DB8::1]:8080/x", "2001:db8::1:8080)/x"),
        ("http://example.com/a?PHPSESSID=0123456789abcdefghijklmnopqrstuv&x=1", "com,example)/a?x=1"),
        ("http://example.com/(0123456789abcdefghijklmn)/x.aspx?y", "com,example)/x.aspx?y"),
        ("http://https://example.com/", "com,example)/"),
        ("example.com/a", "com,example)/a"),
        ("urn:newswarc:interim:http://Example.com/", "urn:newswarc:interim:http://example.com"),
        ("", "-"),
    ],
)
def test_keys(url, key):
    assert key == surt(url)


@pytest.mark.parametrize(
    "url", ["http://a b.example/\x00 \r\n", "http://exa\ud800mple/", "http://[::1/", "http://x:y:z/", "%%%"]
)
def test_whatever_comes_the_key_is_one_ascii_word(url):
    """A key with a space or line end in it would break the index."""
    key = surt(url)
    assert key.isascii()
    assert not any(character.isspace() for character in key)


@must_end
@pytest.mark.parametrize("path", ["%25" * 400_000, "%2" * 200_000 + "55" * 200_000, "%" + "25" * 600_000 + "41"])
def test_escapes_of_escapes_cost_no_more_than_their_length(path):
    assert surt(f"http://example.com/{path}").startswith("com,example)/")


@pytest.mark.parametrize(
    ("path", "key"), [("%252541", "a"), ("%2%35%34%31", "a"), ("%2%3541", "a"), ("%25zz", "%25zz"), ("%%34%31", "a")]
)
def test_escapes_of_escapes_are_undone(path, key):
    assert f"com,example)/{key}" == surt(f"http://example.com/{path}")
