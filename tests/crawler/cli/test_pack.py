"""`newswarc pack`, and what the other commands make of its file."""

import json

import pytest

STORIES = tuple(f"/2031/03/02/a-ferry-for-the-harbour-{number}" for number in range(3))


@pytest.fixture
def paper(archived, page):
    archived(*((path, page(path), None) for path in STORIES))


def test_a_packed_collection_gives_the_same_articles(newswarc, paper, tmp_path):
    said = newswarc("pack", "paper", "--json")
    assert said.status == 0
    told = json.loads(said.out)
    assert (told["file"], told["captures"], told["warcs"], told["signed_by"]) == ("paper.wacz", 3, 1, None)
    verified = newswarc("verify", "paper.wacz", "--json")
    assert verified.status == 0
    assert json.loads(verified.out)["findings"] == []
    packed, raw = (
        [json.loads(line) for line in newswarc("extract", source, "--quiet").out.splitlines()]
        for source in ("paper.wacz", "paper")
    )
    assert [item["capture"].pop("warc") for item in packed] == [
        f"paper.wacz/archive/{item['capture'].pop('warc')}" for item in raw
    ]
    assert packed == raw
    assert len(packed) == 3


def test_who_signed_is_told(newswarc, paper, tmp_path):
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.derive_private_key(2031, ec.SECP384R1())
    content = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    (tmp_path / "key.pem").write_bytes(content)
    packed = newswarc("pack", "paper", "-o", "signed.wacz", "--sign", "key.pem")
    verified = newswarc("verify", "signed.wacz")
    signer = packed.err.rpartition("signed by ")[2].strip()
    assert signer.startswith("key sha256:")
    assert f"signed.wacz: signed by {signer}, as of " in verified.err
    assert (packed.status, verified.status) == (0, 0)


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (
            ["pack", "nowhere"],
            2,
            "nowhere: no collection there; 'newswarc status' lists those that are, and a crawl into it makes it",
        ),
        (["pack", "paper", "-o", "paper.zip"], 2, "paper.zip: the name must end in .wacz"),
        (["pack", "paper", "-o", "no/paper.wacz"], 2, "no is not there; make it, or choose another place"),
        (["pack", "paper", "--sign", "milk.wacz"], 2, "milk.wacz: no private key in PEM; make one with 'openssl"),
        (["extract", "milk.wacz"], 1, "milk.wacz: not a WACZ: it is no ZIP file, but begins with b'Buy '"),
        (["replay", "milk.wacz"], 1, "milk.wacz: not a WACZ: it is no ZIP file, but begins with b'Buy '"),
        (["replay", "none.wacz"], 1, "none.wacz: cannot be read: No such file or directory"),
        (["extract", "milk.wacz", "--url", "https://news.example/a"], 2, "milk.wacz is no HTML file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_one_line_says_what_is_wrong(newswarc, paper, tmp_path, arguments, status, says):
    (tmp_path / "milk.wacz").write_text("Buy milk.\n")
    said = newswarc(*arguments)
    (fault,) = [line for line in said.err.splitlines() if line.startswith("newswarc: ")]
    assert says in fault
    assert (said.status, said.out) == (status, "")


def test_a_file_that_is_no_wacz_is_a_finding(newswarc, tmp_path):
    (tmp_path / "milk.wacz").write_text("Buy milk.\n")
    said = newswarc("verify", "milk.wacz")
    assert said.out == "milk.wacz: not a WACZ: it is no ZIP file, but begins with b'Buy '\n"
    assert said.status == 1
