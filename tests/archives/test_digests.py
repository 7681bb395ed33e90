import hashlib

import pytest

from archives.digests import EMPTY, Digester, algorithm_of, sha1, sha1_of


def test_labelled_base32():
    """ISO 28500:2017, 5.8: a labelled digest is `algorithm:value`; sha1 values are base32 by custom."""
    assert sha1(b"") == EMPTY == "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
    assert sha1(b"hello") == "sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N"


def test_a_stream_has_the_digest_of_its_whole():
    assert sha1_of(iter([b"he", b"", b"llo"])) == sha1(b"hello")


@pytest.mark.parametrize(
    ("stated", "agrees"),
    [
        pytest.param("sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N", True, id="base32"),
        pytest.param("sha1:vl2mmho4yxukfwv63yhtwsbm3gxksq2n", True, id="base32 in lower case"),
        pytest.param("sha1:" + hashlib.sha1(b"hello").hexdigest(), True, id="hexadecimal"),
        pytest.param("sha-256:" + hashlib.sha256(b"hello").hexdigest(), True, id="another algorithm"),
        pytest.param("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", False, id="another content"),
    ],
)
def test_other_writers_spellings_agree(stated, agrees):
    digester = Digester(algorithm_of(stated))
    digester.update(b"hello")
    assert digester.agrees_with(stated) is agrees


def test_unknown_algorithms_are_a_miss():
    assert algorithm_of("blake9:AAAA") is None
