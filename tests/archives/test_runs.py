"""The runs of a collection: reports from the crawl log, and what the next start makes of a run that died."""

import tracemalloc
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

import pytest

from archives.collection import Collection
from archives.crawl_log import NAME, ROBOTS, TIME_OUT, CrawlLog, Fetch, fetch_of, read_log
from archives.run_report import Run, SiteRun, report_of, text_reports
from archives.runs import begin_site, complete_runs, current_report, end_site, runs
from tests.archives.conftest import NOON

SEEDS = ("http://news.example/rss", "http://news.example/never")
JOB = "20240611T115900Z"


@pytest.fixture
def run_log(collection):
    """The log of a run that goes on, of a site with two seeds."""
    log = CrawlLog(begin_site(collection.layout, JOB, SiteRun(name="post", seeds=SEEDS), now=NOON) / NAME)
    yield log
    log.close()


def archived(collection, exchange, log, *urls):
    """Archive exchanges; those with a log have their line."""
    for url in urls:
        capture = collection.archive(exchange(url, body=url.encode()))
        if log:
            log.add(fetch_of(capture, logged=NOON, size=len(url), path="", source="post"))


def complete(collection):
    return [
        str(done)
        for done in complete_runs(
            collection.layout,
            collection.catalog,
            found_by=lambda url: {"path": "?M", "via": SEEDS[0], "source": "post"},
            states_of=lambda site: {"pending": 1},
        )
    ]


def test_a_run_that_ends_leaves_its_reports(collection, exchange, run_log):
    archived(collection, exchange, run_log, SEEDS[0], "http://news.example/a")
    end_site(
        collection.layout, JOB, SiteRun(name="post", seeds=SEEDS, finish_reason="finished", states={"captured": 1})
    )
    report = current_report(collection.layout, JOB)
    assert (report["exchanges"], report["archived"], report["failed"]) == (2, 2, 0)
    assert report["seeds"][:2] == [
        {"seed": SEEDS[0], "site": "post", "status": 200, "redirect": None},
        {"seed": SEEDS[1], "site": "post", "status": None, "redirect": None},
    ]
    folder = collection.layout.run_reports(JOB)
    assert {path.name: path.read_text() for path in folder.glob("*.txt")} == dict(text_reports(report))
    assert "1 state post captured\n" in (folder / "sites-report.txt").read_text()
    assert complete(collection) == []


def test_a_run_that_goes_on_is_told_as_far_as_it_is(collection, exchange, run_log):
    archived(collection, exchange, run_log, SEEDS[0])
    assert current_report(collection.layout, JOB)["exchanges"] == 1
    archived(collection, exchange, run_log, "http://news.example/a")
    report = current_report(collection.layout, JOB)
    assert (report["exchanges"], report["sites"][0]["finish_reason"]) == (2, None)
    assert current_report(collection.layout, "20200101T000000Z") is None


def test_a_run_that_died_is_completed_from_the_archive(collection, exchange, run_log):
    archived(collection, exchange, run_log, SEEDS[0])
    archived(collection, exchange, None, "http://news.example/a", "http://news.example/b")
    collection.seal()
    archived(collection, exchange, None, "http://news.example/c")
    collection.seal()
    before = list(read_log(collection.layout.run_reports(JOB) / NAME))
    assert complete(collection) == [f"reports/{JOB}: completed after a crash; 3 missing lines of the crawl log written"]
    after = list(read_log(collection.layout.run_reports(JOB) / NAME))
    assert after[:1] == before
    captures = sorted(collection.captures(), key=lambda one: one.url)[:3]
    assert after[1:] == [
        fetch_of(
            one, logged=NOON, size=len(one.url), path="?M", via=SEEDS[0], source="post", annotations=("recovered",)
        )
        for one in captures
    ]
    report = current_report(collection.layout, JOB)
    assert report["exchanges"] == 4
    assert report["sites"][0] | {"seeds": None} == {
        "name": "post",
        "seeds": None,
        "finish_reason": "died",
        "states": {"pending": 1},
        "outcomes": {},
    }
    assert complete(collection) == []


def test_a_run_without_a_single_line_has_what_it_archived(collection, exchange, run_log):
    archived(collection, exchange, None, SEEDS[0])
    collection.seal()
    complete(collection)
    assert [one.url for one in read_log(collection.layout.run_reports(JOB) / NAME)] == [SEEDS[0]]


def test_captures_of_earlier_runs_are_not_the_dead_ones(collection, exchange):
    """Even if they were made in the second in which it began."""
    archived(collection, exchange, None, SEEDS[0])
    collection.seal()
    later = NOON + timedelta(microseconds=1)
    job = collection.layout.new_job(later)
    begin_site(collection.layout, job, SiteRun(name="post"), now=later)
    complete(collection)
    assert list(read_log(collection.layout.run_reports(job) / NAME)) == []


def test_lines_whose_records_a_power_cut_took_are_taken_out(collection, exchange, run_log, tmp_path):
    archived(collection, exchange, run_log, SEEDS[0])
    collection.seal()
    lost = Fetch(logged="x", status=200, url="http://news.example/lost", warc="gone.warc.gz", offset=5, record_id="<x>")
    run_log.add(lost)
    with (collection.layout.run_reports(JOB) / NAME).open("ab") as log:
        log.write(b"2024-06-11T12:00:00.373Z 200 tor")
    (done,) = complete(collection)
    assert done.endswith("0 missing lines of the crawl log written, 1 line without records removed")
    assert [one.url for one in read_log(collection.layout.run_reports(JOB) / NAME)] == [SEEDS[0]]


def test_a_record_that_was_moved_is_still_the_last_one(collection, exchange, run_log):
    """A purge gives the neighbours other offsets."""
    archived(collection, exchange, None, SEEDS[0])
    capture = collection.archive(exchange("http://news.example/a", body=b"a"))
    moved = fetch_of(capture, logged=NOON, size=1)
    run_log.add(Fetch(**{**{name: getattr(moved, name) for name in Fetch.__slots__}, "offset": 7}))
    archived(collection, exchange, None, "http://news.example/b")
    collection.seal()
    complete(collection)
    urls = [one.url for one in read_log(collection.layout.run_reports(JOB) / NAME)]
    assert urls == ["http://news.example/a", "http://news.example/b"]


def test_two_sites_are_one_run(collection, run_log):
    end_site(collection.layout, JOB, SiteRun(name="post", finish_reason="finished", states={"gone": 2}))
    begin_site(collection.layout, JOB, SiteRun(name="courier", seeds=("http://courier.example/",)), now=NOON)
    ((_, run, _),) = runs(collection.layout)
    assert [(site.name, site.finish_reason) for site in run.sites] == [("post", "finished"), ("courier", None)]
    end_site(collection.layout, JOB, SiteRun(name="courier", finish_reason="shutdown"))
    report = current_report(collection.layout, JOB)
    assert [site["states"] for site in report["sites"]] == [{"gone": 2}, {}]


def fetch(url: str, status: int, **more) -> Fetch:
    return Fetch(
        logged="2024-06-11T12:00:00.000Z",
        status=status,
        url=urljoin("http://news.example/", url),
        source="post",
        **more,
    )


def test_what_is_counted():
    run = Run(job=JOB, began="", collection="post", software="x", sites=(SiteRun(name="post", seeds=SEEDS),))
    report = report_of(
        run,
        [
            fetch("rss", 301, mime="unk", size=0, warc="w"),
            fetch("feed", 302, path="R", via="http://news.example/rss", size=0, warc="w"),
            fetch("//www.example/feed", 200, path="RR", via="http://news.example/feed", mime="a/xml", size=9, warc="w"),
            fetch("a", 200, path="M", mime="text/html", size=5, warc="w"),
            fetch("a", 304, path="M", mime="text/html", annotations=("warcRevisit:notModified",), warc="w"),
            fetch("b", TIME_OUT, path="M", size=0, warc="w"),
            fetch("c", ROBOTS, path="M"),
        ],
    )
    assert report["hosts"] == [
        {"host": "news.example", "exchanges": 5, "bytes": 5, "revisits": 1, "failed": 1, "robots": 1},
        {"host": "www.example", "exchanges": 1, "bytes": 9, "revisits": 0, "failed": 0, "robots": 0},
    ]
    assert report["mime_types"] == [
        {"mime": "text/html", "exchanges": 2, "bytes": 5},
        {"mime": "unk", "exchanges": 2, "bytes": 0},
        {"mime": "a/xml", "exchanges": 1, "bytes": 9},
    ]
    assert {row["status"]: row["exchanges"] for row in report["status_codes"]} == {
        ROBOTS: 1, TIME_OUT: 1, 200: 2, 301: 1, 302: 1, 304: 1
    }  # fmt: skip
    assert report["seeds"][0] == {
        "seed": "http://news.example/rss",
        "site": "post",
        "status": 301,
        "redirect": "http://www.example/feed",
    }
    assert (report["exchanges"], report["archived"], report["robots"]) == (6, 6, 1)


def test_counting_hundreds_of_thousands_of_lines_is_flat():
    run = Run(job=JOB, began="", collection="post", software="x")

    def peak(count: int) -> int:
        tracemalloc.start()
        report_of(run, (fetch(f"//h{n % 20}.example/{n}", 200, path="M", mime="text/html") for n in range(count)))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(20_000) < peak(1_000) + 50_000


def test_jobs_are_named_after_their_time(collection):
    moment = datetime(2024, 6, 11, 12, tzinfo=UTC)
    first = collection.layout.new_job(moment)
    begin_site(collection.layout, first, SiteRun(name="post"), now=NOON)
    assert (first, collection.layout.new_job(moment)) == ("20240611T120000Z", "20240611T120000Z-2")


def test_reports_of_a_collection_that_is_only_read(tmp_path, collection):
    collection.seal()
    with Collection.open(collection.layout.root) as reader:
        assert list(runs(reader.layout)) == []
