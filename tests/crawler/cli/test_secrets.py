"""Passwords and keys are in the environment, and nowhere else: in no output, no log, no report, no catalog."""

import pytest

from tests.support.commands import Said, run

PASSWORD, KEY = "open-sesame", "shut-the-door"
STORY = "/2031/03/02/story-of-today-about-lamps"
COMMANDS = (
    ("status", "paper"), ("status", "--json"), ("report", "paper"), ("verify", "paper"), ("store", "paper"),
    ("recover", "paper"), ("jobs", "run", "newsroom"), ("jobs", "list", "--json"), ("alerts", "list"),
    ("export", "paper"), ("schedule", "install", "--systemd"), ("migrate", "paper", "--back"),
)  # fmt: skip


def tells(said: Said) -> bool:
    return any(secret in told for secret in (PASSWORD, KEY) for told in (said.out, said.err))


def test_what_was_done_tells_no_secret(tmp_path, paper, postgres, port):
    """With a store that cannot be reached, and so is spoken of."""
    pytest.importorskip("s3fs", reason="s3fs is not installed")
    settings = {
        "NEWSWARC_DATABASE": postgres.database().replace("newswarc@", f"newswarc:{PASSWORD}@"),
        "NEWSWARC_STORE": "s3://papers/kept",
        "NEWSWARC_CONTACT": "me@example.org",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": KEY,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_MAX_ATTEMPTS": "1",
    }
    crawl = ("crawl", paper.put_article(STORY), "--collection", "paper", "--allow-private")
    said = {command[0]: run(tmp_path, "newswarc", *command, **settings) for command in (crawl, *COMMANDS)}
    assert (said["crawl"].status, said["export"].status) == (0, 0)
    assert "s3://papers/kept/" in said["store"].one_line
    assert [command for command, one in said.items() if tells(one)] == []
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 10
    assert [path for path in files if any(one.encode() in path.read_bytes() for one in (PASSWORD, KEY))] == []


@pytest.mark.parametrize(
    "database",
    [
        "postgresql+psycopg://news:{}@127.0.0.1:{}/news",
        "postgresql+psycopg://news@127.0.0.1:{1}/news?password={0}",
        "postgresql+psycopg://news:{}@127.0.0.1:x{}/news",
        "postgres://news:{}@127.0.0.1:{}/news",
        "mysql://news:{}@127.0.0.1:{}/news",
    ],
)
def test_what_is_wrong_with_a_database_is_told_without_its_password(tmp_path, port, database):
    for command in (("worker",), ("crawl", "http://127.0.0.1:1/", "--collection", "paper")):
        said = run(tmp_path, "newswarc", *command, NEWSWARC_DATABASE=database.format(PASSWORD, port))
        assert said.status != 0
        assert said.one_line
        assert not tells(said)


def test_a_store_is_not_named_with_a_password(newswarc, archived, page, monkeypatch):
    archived((STORY, page("1"), None))
    monkeypatch.setenv("NEWSWARC_STORE", f"ftp://news:{PASSWORD}@store.example/kept")
    said = newswarc("store", "paper")
    assert said.status == 1
    assert "the address of the store holds a password" in said.one_line
    assert not tells(said)


@pytest.mark.parametrize("form", ["jsonl", "parquet", "markdown"])
@pytest.mark.parametrize("place", ["ftp://news:{}@store.example/out", "ftp://news:{}@[store/out"])
def test_nothing_is_exported_to_an_address_with_a_password(newswarc, archived, page, form, place):
    archived((STORY, page("1"), None))
    said = newswarc("export", "paper", "--format", form, "-o", place.format(PASSWORD))
    assert said.status == 1
    assert "the address of the store holds a password" in said.one_line
    assert not tells(said)


def test_nothing_is_extracted_from_an_address_with_a_password(newswarc, tmp_path):
    (tmp_path / "paths.txt").write_text(f"news.warc.gz\nhttps://news:{PASSWORD}@store.example/news.warc.gz\n")
    said = newswarc("extract", "--queue", "paths.txt", "-o", "out")
    assert said.status == 2
    assert "paths.txt, line 2: the address holds a password" in said.one_line
    assert not tells(said)
