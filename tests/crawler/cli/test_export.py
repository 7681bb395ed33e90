"""`newswarc export`: articles as files for others, read by other programs than ours."""

import csv
import gzip
import io
import json
import re
from dataclasses import replace

import pytest
from sqlalchemy import insert, update

from archives.collection import Collection
from archives.schema import revisions_table
from crawler.export.markdown import file_name, to_markdown
from crawler.items import Article, Author, CaptureRef, Image, Link, as_item
from tests.support.commands import run
from tests.support.disk import small_disks

STORY = Article(
    url="https://news.example/2031/03/02/ferry",
    canonical_url="https://news.example/ferry",
    slug="ferry-late",
    site="evening",
    title="Паром «опаздывает», again",
    byline='By Mira Holm and "Coastwire"',
    authors=(Author(name="Mira Holm", url="https://news.example/mira"), Author(name="Coastwire", kind="agency")),
    date_published="2031-03-02T08:15:00+03:00",
    body="It is late.\n\nIt was =late= before.",
    body_markdown="It is **late**.",
    images=(
        Image(url="https://news.example/1.jpg", caption="The quay.", credit="O. Lund", lead=True),
        Image(url="https://news.example/2.jpg"),
    ),
    related_links=(
        Link(title="Ice", url="https://news.example/ice", kind="in_body", label="Related"),
        Link(title=None, url="https://news.example/tide", kind="end_of_article"),
    ),
    section="Harbour",
    tags=("Sea", "Port"),
    language="ru",
    access="paywalled",
    kind="opinion",
    sources={"title": "json-ld", "body": "trees"},
    extractor="newswarc/0+1",
)


def captured(article: Article, number: int, date: str) -> dict:
    capture = CaptureRef(
        warc="a.warc.gz", offset=10 * number, length=9, record_id=f"<urn:uuid:{number}>", date=date,
        payload_digest="sha1:A", status=200,
    )  # fmt: skip
    return as_item(replace(article, capture=capture))


@pytest.fixture
def put(tmp_path):
    """Commits items to the collection `paper`."""

    def put(*items: dict) -> None:
        with Collection.open(tmp_path / "collections" / "paper", write=True) as collection:
            for item in items:
                collection.catalog.put_article(item)

    return put


@pytest.fixture
def stories(put):
    """Three articles of two sites and two months, one of them in two revisions; in the order of the commits."""
    other = replace(STORY, url="https://news.example/tide", site="night/post", title="Tide", authors=(), images=())
    lone = replace(STORY, url="https://news.example/ice", site=None, title=None, access="metered", kind="article")
    items = [
        captured(STORY, 1, "2031-03-31T23:59:59.999999Z"),
        captured(other, 2, "2031-04-01T00:00:00Z"),
        captured(lone, 3, "2031-04-02T10:00:00.5Z"),
        captured(replace(STORY, title="Ferry on time"), 4, "2031-04-03T00:00:00.000001Z"),
    ]
    put(*items)
    return [*items[:3], {**items[3], "revision": 2}]


def cursor(said) -> str:
    return re.search(r"; the next export goes on with --since (\d+)$", said.err.strip())[1]


def lines(text: bytes) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_json_lines_are_the_items(newswarc, stories, tmp_path):
    said = newswarc("export", "paper", "-o", "out.jsonl")
    assert (said.status, said.err) == (0, "3 articles; the next export goes on with --since 4\n")
    assert lines((tmp_path / "out.jsonl").read_bytes()) == stories[1:]
    assert lines(newswarc("export", "paper", "--revisions").out.encode()) == stories


@pytest.mark.parametrize("form", ["jsonl", "csv", "jsonld"])
def test_what_is_compressed_is_the_same(newswarc, stories, tmp_path, form):
    pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed: nobody else reads zstd here")
    newswarc("export", "paper", "--format", form, "-o", "plain")
    newswarc("export", "paper", "--format", form, "-o", "out.zst")
    newswarc("export", "paper", "--format", form, "-o", "asked", "--zstd")
    newswarc("export", "paper", "--format", form, "-o", "out.gz")
    plain = (tmp_path / "plain").read_bytes()
    assert len(plain) > 1000
    assert gzip.decompress((tmp_path / "out.gz").read_bytes()) == plain
    for name in ("out.zst", "asked"):
        with pa.CompressedInputStream(tmp_path / name, "zstd") as content:
            assert content.read() == plain


def test_increments_have_each_revision_once(newswarc, put, tmp_path):
    first, second, third = (captured(STORY, number, f"2031-04-0{number}T10:00:00Z") for number in (1, 2, 3))
    put(first)
    reached = cursor(newswarc("export", "paper", "-o", "1.jsonl"))
    put({**second, "title": "Ferry on time"}, {**third, "url": "https://news.example/b"})
    told = json.loads(newswarc("export", "paper", "-o", "2.jsonl", "--since", reached, "--json").out)
    assert told == {"articles": 2, "cursor": "3", "output": "2.jsonl"}
    assert [one["revision"] for one in lines((tmp_path / "2.jsonl").read_bytes())] == [2, 1]
    said = newswarc("export", "paper", "--since", told["cursor"])
    assert (said.out, cursor(said)) == ("", "3")
    never = newswarc("export", "paper", "--since", "4")
    assert (never.status, never.out) == (2, "")
    assert "the catalog has given no cursor behind 3" in never.one_line


def test_csv_is_read_by_the_library(newswarc, stories, tmp_path):
    newswarc("export", "paper", "--format", "csv", "--revisions", "-o", "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        first, tide, lone, _ = csv.DictReader(file)
    expected = {
        name: stories[0][name] for name in ("url", "site", "title", "byline", "body", "date_published", "language")
    }
    assert {name: first[name] for name in expected} == expected
    assert (first["authors"], first["tags"]) == ("Mira Holm; Coastwire", "Sea; Port")
    assert first["related_links"].split(" ") == ["https://news.example/ice", "https://news.example/tide"]
    assert (first["lead_image"], first["lead_credit"]) == ("https://news.example/1.jpg", "O. Lund")
    assert (first["captured"], first["offset"]) == ("2031-03-31T23:59:59.999999Z", "10")
    assert (tide["authors"], tide["lead_image"], tide["date_modified"], lone["site"]) == ("", "", "", "")


def test_json_ld_says_the_same_in_the_words_of_schema_org(newswarc, stories):
    out = newswarc("export", "paper", "--format", "jsonld", "--revisions").out
    first, tide, lone, _ = lines(out.encode())
    assert {(one["@context"], one["@type"]) for one in (first, tide, lone)} == {("https://schema.org", "NewsArticle")}
    assert first["headline"] == stories[0]["title"]
    assert first["author"] == [
        {"@type": "Person", "name": "Mira Holm", "url": "https://news.example/mira"},
        {"@type": "NewsMediaOrganization", "name": "Coastwire"},
    ]
    assert first["mainEntityOfPage"]["@id"] == "https://news.example/ferry"
    assert (first["isAccessibleForFree"], first["genre"], first["version"]) == (False, "opinion", 1)
    assert first["archivedAt"] == "urn:uuid:1"
    assert not {"author", "image", "dateModified"} & set(tide), "what is not known has no key"
    assert (lone["conditionsOfAccess"], "genre" in lone, "headline" in lone) == ("metered", False, False)


def read_dataset(folder, filesystem=None) -> list[dict]:
    """All rows as items again, with the month of their partition, as Arrow's own reader of folders finds them."""
    ds = pytest.importorskip("pyarrow.dataset", reason="pyarrow is not installed")
    import pyarrow as pa

    partitions = ds.partitioning(pa.schema([("site", pa.string()), ("month", pa.string())]), flavor="hive")
    rows = ds.dataset(folder, partitioning=partitions, filesystem=filesystem).to_table().to_pylist()
    for row in rows:
        row["sources"] = dict(row["sources"])
        row["capture"]["date"] = row["capture"]["date"].isoformat()
    return sorted(rows, key=lambda row: row["capture"]["offset"])


def test_parquet_has_the_items_by_site_and_month(newswarc, stories, tmp_path):
    said = newswarc("export", "paper", "--format", "parquet", "--revisions", "-o", "rows")
    rows = read_dataset(tmp_path / "rows")
    assert [row.pop("month") for row in rows] == ["2031-03", "2031-04", "2031-04", "2031-04"]
    dates = [row["capture"].pop("date") for row in rows]
    assert dates[0] == "2031-03-31T23:59:59.999999+00:00"
    assert dates[2] == "2031-04-02T10:00:00.500000+00:00"
    for item in stories:
        del item["capture"]["date"]
    assert rows == stories
    assert sorted(str(path.relative_to(tmp_path)) for path in (tmp_path / "rows").rglob("*.*")) == [
        "rows/site=__HIVE_DEFAULT_PARTITION__/month=2031-04/0-4.parquet",
        "rows/site=evening/month=2031-03/0-4.parquet",
        "rows/site=evening/month=2031-04/0-4.parquet",
        "rows/site=night%2Fpost/month=2031-04/0-4.parquet",
    ]
    assert cursor(said) == "4"


def test_a_folder_of_parquet_grows_and_has_nothing_twice(newswarc, stories, put, tmp_path):
    newswarc("export", "paper", "--format", "parquet", "-o", "rows")
    again = newswarc("export", "paper", "--format", "parquet", "-o", "rows")
    assert "the folder has rows behind 0 already; go on with --since 4, if an export printed it, or" in again.one_line
    assert again.one_line.endswith("all '0-4*.parquet'")
    assert again.status == 2
    put(captured(replace(STORY, url="https://news.example/new"), 5, "2031-04-05T00:00:00Z"))
    assert newswarc("export", "paper", "--format", "parquet", "-o", "rows", "--since", "4").status == 0
    assert [row["capture"]["offset"] for row in read_dataset(tmp_path / "rows")] == [20, 30, 40, 50]
    assert not list((tmp_path / "rows").glob(".*"))


@pytest.mark.parametrize("form", ["csv", "jsonld", "parquet", "markdown"])
def test_an_export_that_fails_changes_nothing(newswarc, stories, tmp_path, form):
    """Its second page holds what is no item."""
    newswarc("export", "paper", "--format", form, "-o", "out")
    before = {path: path.is_file() and path.read_bytes() for path in tmp_path.glob("out/**/*")}
    rows = [
        {"article_id": 1, "revision": number, "date": "", "item": json.dumps(stories[0])} for number in range(3, 1200)
    ]
    with (
        Collection.open(tmp_path / "collections" / "paper", write=True) as paper,
        paper.catalog.writing() as connection,
    ):
        connection.execute(insert(revisions_table), rows)
        connection.execute(update(revisions_table).where(revisions_table.c.revision == 1199).values(item="{"))
    said = newswarc("export", "paper", "--format", form, "--revisions", "--since", "4", "-o", "out")
    assert said.status == 1
    assert said.one_line
    assert {path: path.is_file() and path.read_bytes() for path in tmp_path.glob("out/**/*")} == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("form", ["parquet", "markdown"])
def test_a_full_disk_is_one_line(stories, tmp_path, form):
    with small_disks(tmp_path) as disk:
        full = disk(4)
        said = run(tmp_path, "newswarc", "export", "paper", "--format", form, "-o", full.path / "out")
        assert said.err == f"{said.one_line}\n"
        assert (said.status, [*full.path.iterdir()]) == (1, [])
        assert "out: cannot be written: No space left on device" in said.one_line


def test_a_later_export_of_markdown_replaces_what_changed_and_nothing_else(newswarc, stories, put, tmp_path):
    """All stories are of one day and one slug."""
    first = newswarc("export", "paper", "--format", "markdown", "-o", "out")
    names = [file_name(story) for story in stories[1:]]
    before = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert sorted(before) == sorted(names)
    new = replace(STORY, url="https://news.example/harbour", title="Harbour")
    put(
        captured(new, 5, "2031-04-04T00:00:00Z"),
        captured(replace(STORY, title="Ferry gone"), 6, "2031-04-05T00:00:00Z"),
    )
    again = ("export", "paper", "--format", "markdown", "-o", "out", "--since", cursor(first))
    assert newswarc(*again).status == 0
    after = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert [name for name in names if after[name] != before[name]] == [file_name(stories[3])]
    assert after[file_name(stories[3])].startswith("# Ferry gone\n")
    assert len(after) == 4


def test_what_an_article_was_called_before_goes_with_the_export_after(newswarc, stories, put, tmp_path):
    first = newswarc("export", "paper", "--format", "markdown", "-o", "out")
    was, others = file_name(stories[3]), {file_name(story) for story in stories[1:3]}
    note = tmp_path / "out" / was.replace("-ferry", "-a-note-on-the-ferry")
    note.write_text("Whose digest happens to be the same.\n")
    put(captured(replace(STORY, title="Ferry gone", slug="ferry-gone"), 6, "2031-04-05T00:00:00Z"))
    assert newswarc("export", "paper", "--format", "markdown", "-o", "out", "--since", cursor(first)).status == 0
    (new,) = {path.name for path in (tmp_path / "out").iterdir()} - others - {note.name}
    assert "ferry-gone" in new
    assert new != was


def test_each_revision_has_a_file_of_markdown(newswarc, stories, tmp_path):
    assert newswarc("export", "paper", "--format", "markdown", "--revisions", "-o", "out").status == 0
    written = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert written == {file_name(story, numbered=True): to_markdown(story) for story in stories}
    assert len(written) == 4


def test_exports_go_straight_to_an_object_store(stories, tmp_path, s3):
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    s3.make("out")
    for form, place in (("jsonl", "daily/papers.jsonl.gz"), ("parquet", "rows")):
        done = run(
            tmp_path, "newswarc", "export", "paper", "--format", form, "-o", f"s3://out/{place}", **s3.environment
        )
        assert (done.status, done.faults) == (0, [])
    assert lines(gzip.decompress(s3.get("out/daily/papers.jsonl.gz"))) == stories[1:]
    assert len(s3.keys("out")) == 4
    markdown = ("export", "paper", "--format", "markdown", "-o", "s3://out/pages")
    assert run(tmp_path, "newswarc", *markdown, **s3.environment).status == 0
    assert b"# Ferry on time" in s3.get(f"out/pages/{file_name(stories[3])}")
    import pyarrow.parquet as pq

    (key,) = (key for key in s3.keys("out") if "night" in key)
    assert pq.read_table(io.BytesIO(s3.get(f"out/{key.replace('%', '%25')}")))["url"].to_pylist() == [stories[1]["url"]]
    again = run(tmp_path, "newswarc", "export", "paper", "--format", "parquet", "-o", "s3://out/rows", **s3.environment)
    assert "go on with --since 4" in again.one_line
    with (
        Collection.open(tmp_path / "collections" / "paper", write=True) as paper,
        paper.catalog.writing() as connection,
    ):
        connection.execute(update(revisions_table).where(revisions_table.c.id == 4).values(item="{"))
    arguments = ("export", "paper", "--format", "parquet", "-o", "s3://out/other")
    assert run(tmp_path, "newswarc", *arguments, **s3.environment).status == 1
    gone = run(tmp_path, "newswarc", "export", "paper", "-o", "s3://nowhere/a.jsonl", **s3.environment)
    assert "s3://nowhere/a.jsonl: cannot be written: " in gone.one_line
    assert (len(s3.keys("out")), s3.keys("out", of="uploads")) == (7, [])


def test_what_an_article_was_called_before_goes_from_a_store_too(stories, put, tmp_path, s3):
    s3.make("out")
    markdown = ("export", "paper", "--format", "markdown", "-o", "s3://out/pages")
    assert run(tmp_path, "newswarc", *markdown, **s3.environment).status == 0
    put(captured(replace(STORY, title="Ferry gone", slug="ferry-gone"), 6, "2031-04-05T00:00:00Z"))
    assert run(tmp_path, "newswarc", *markdown, **s3.environment).status == 0
    keys = s3.keys("out")
    assert (len(keys), [key for key in keys if file_name(stories[3]) in key]) == (3, [])
    assert len([key for key in keys if "ferry-gone" in key]) == 1


def test_what_is_many_files_goes_to_the_collections_own_place_in_the_store(stories, tmp_path, s3):
    """If no other is named; lines go to standard output, and names are those of files on this machine."""
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    s3.make("papers")
    kept = {**s3.environment, "NEWSWARC_STORE": "s3://papers/kept/"}
    first = run(tmp_path, "newswarc", "export", "paper", "--format", "parquet", "--json", **kept)
    assert json.loads(first.out)["output"] == "s3://papers/kept/paper/exports/parquet"
    assert all(key.startswith("kept/paper/exports/parquet/") for key in s3.keys("papers"))
    before = len(s3.keys("papers"))
    again = run(tmp_path, "newswarc", "export", "paper", "--format", "markdown", **kept)
    assert "in s3://papers/kept/paper/exports/markdown; the next export goes on with --since" in again.err
    written = f"papers/kept/paper/exports/markdown/{file_name(stories[3])}"
    assert b"# Ferry on time" in s3.get(written)
    there = s3.keys("papers")
    assert 0 < before < len(there)
    assert lines(run(tmp_path, "newswarc", "export", "paper", **kept).out.encode()) == stories[1:]
    assert run(tmp_path, "newswarc", "export", "paper", "--format", "markdown", "-o", "pages", **kept).status == 0
    assert (tmp_path / "pages" / file_name(stories[3])).exists()
    assert s3.keys("papers") == there
    none = run(tmp_path, "newswarc", "export", "paper", "--format", "markdown", NEWSWARC_STORE="papers/kept")
    assert "papers/kept: no address of a store" in none.one_line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--since", "12.3"], "'12.3' is no cursor; give the one that the last export printed"),
        (["--since", "99"], "--since 99: the catalog has given no cursor behind 4"),
        (["--format", "parquet"], "parquet is many files; name their folder with -o"),
        (["--format", "parquet", "-o", "rows", "--zstd"], "Parquet and WARC files are compressed anyway"),
        (["--format", "warc", "--since", "1"], "--since, --site and --revisions choose articles"),
        (["--format", "warc", "-o", "s3://out/all"], "a WARC file is written on this machine"),
        (["-o", "nosuch://out/a.jsonl"], "nosuch://out/a.jsonl: cannot be written: "),
        (["--site", "nosuch"], "no article of the site 'nosuch'; there are articles of evening, night/post"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_is_told_in_one_line(newswarc, stories, arguments, said):
    done = newswarc("export", "paper", *arguments)
    assert done.status in (1, 2)
    assert said in done.one_line
    assert done.out == ""
