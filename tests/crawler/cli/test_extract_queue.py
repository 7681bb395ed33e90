"""`newswarc extract --queue`: many files, each done once, whole or not at all, whatever else is wrong."""

import gzip
import json
import os
import pty
import re
import signal
import subprocess
import threading
import time
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from crawler.cli.pages import left_out
from crawler.jobs.bulk.fetch import Unreachable, at_hand
from crawler.jobs.bulk.inputs import Input, read_list
from tests.support.commands import BIN, environment_in, run
from tests.support.warcs import response

FILES = 5


@pytest.fixture
def warcs(tmp_path, page):
    """WARC files of two stories each, and a list of them."""
    made = []
    for number in range(FILES):
        records = (
            response(f"https://news.example{path}", page(path), number=2 * number + one)
            for one in range(2)
            for path in [f"/2031/03/{number + 1:02d}/a-ferry-in-harbour-{one}"]
        )
        path = tmp_path / f"news-{number}.warc.gz"
        path.write_bytes(b"".join(map(gzip.compress, records)))
        made.append(path)
    listed(tmp_path, *made)
    return made


def listed(folder: Path, *inputs: object) -> None:
    (folder / "paths.txt").write_text("# of March\n\n" + "".join(f"{one}\n" for one in inputs))


def queue(folder: Path, *options: str, to: str = "out", **environment: str):
    return run(folder, "newswarc", "extract", "--queue", "paths.txt", "-o", to, "--json", *options, **environment)


def account(folder: Path, to: str = "out") -> dict[str, dict]:
    """Of each input, by its file's name, the last line of the manifest."""
    lines = map(json.loads, (folder / to / "manifest.jsonl").read_text().splitlines())
    return {Path(line["input"]).name: line for line in lines if "input" in line}


def results(folder: Path, to: str = "out") -> dict[str, list[dict]]:
    return {
        name: [json.loads(line) for line in (folder / to / "results" / one["result"]).read_text().splitlines()]
        for name, one in account(folder, to).items()
        if one["result"]
    }


def test_each_file_gives_what_it_gives_by_itself(warcs, newswarc, tmp_path):
    done = queue(tmp_path, "--jobs", "2")
    assert (done.status, done.err) == (0, "")
    sums = json.loads(done.out)
    assert (sums["files"], sums["articles"], sums["faults"]) == ({"done": FILES}, 2 * FILES, 0)
    found = results(tmp_path)
    for path in warcs:
        alone = newswarc("extract", path)
        assert found[path.name] == [json.loads(line) for line in alone.out.splitlines()]


def test_what_is_done_is_not_done_again(warcs, tmp_path):
    listed(tmp_path, *warcs[:2])
    queue(tmp_path)
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out" / "results").iterdir()}
    listed(tmp_path, *warcs, warcs[0])
    assert json.loads(queue(tmp_path).out)["files"] == {"done": FILES}
    after = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out" / "results").iterdir()}
    assert len(after) == FILES
    assert before.items() <= after.items()


def test_poison_is_put_aside_with_its_reason_and_costs_nobody_else(warcs, tmp_path):
    (tmp_path / "poison.warc.gz").write_bytes(gzip.compress(b"no WARC at all\n" * 500))
    (tmp_path / "poison.wacz").write_bytes(b"PK\x03\x04 torn")
    listed(tmp_path, "poison.warc.gz", *warcs, "poison.wacz", "later.warc.gz")
    done = queue(tmp_path)
    assert done.status == 1
    assert json.loads(done.out)["files"] == {"quarantined": 2, "done": FILES, "failed": 1}
    found = account(tmp_path)
    assert "poison.warc.gz" in found["poison.warc.gz"]["reason"]
    assert found["later.warc.gz"]["reason"].endswith("no such file; put it there, or take it off the list")
    assert all("\n" not in line and line.startswith("newswarc: ") for line in done.err.splitlines())
    assert len(list((tmp_path / "out" / "results").iterdir())) == FILES

    warcs[0].rename(tmp_path / "later.warc.gz")
    (tmp_path / "poison.warc.gz").write_bytes(warcs[1].read_bytes())
    assert json.loads(queue(tmp_path).out)["files"] == {"quarantined": 2, "done": FILES + 1}
    assert json.loads(queue(tmp_path, "--again").out)["files"] == {"done": FILES + 2, "quarantined": 1}


def test_a_file_that_is_damaged_in_part_gives_the_rest(warcs, tmp_path):
    whole = warcs[0].read_bytes()
    warcs[0].write_bytes(whole[: len(whole) - 40])
    done = queue(tmp_path)
    assert done.status == 1
    assert account(tmp_path)[warcs[0].name]["articles"] == 1
    (said,) = account(tmp_path)[warcs[0].name]["said"]
    assert said in done.one_line
    assert done.one_line.endswith("; what is around it was read; restore the file from a copy")


def test_what_is_not_asked_for_makes_no_poison_of_what_can_be_read(warcs, newswarc, tmp_path):
    """Whatever the filter, a file is put aside only if nothing at all could be read of it."""
    whole = warcs[0].read_bytes()
    warcs[0].write_bytes(whole[: len(whole) - 40])
    warcs[1].write_bytes(whole[:40])
    listed(tmp_path, *warcs[:3])
    assert json.loads(queue(tmp_path, "--match", "zzzz").out)["files"] == {"done": 2, "quarantined": 1}
    assert json.loads(queue(tmp_path, to="all").out)["files"] == {"done": 2, "quarantined": 1}
    alone = newswarc("extract", warcs[0], "--match", "zzzz", "-o", "none.jsonl")
    assert (alone.status, (tmp_path / "none.jsonl").read_text()) == (1, "")


def test_reasons_that_are_not_told_are_counted():
    reasons = Counter({"no body": 5, "gone": 4, "a list": 3, "error": 2, "truncated": 2, "empty": 1, "too old": 1})
    assert left_out(reasons).endswith(", 2 error, 2 truncated, and 2 more")
    assert left_out(Counter({"no body": 1_500})) == "left out: 1,500 no body"
    assert left_out(Counter()) == ""


def test_other_options_need_another_folder(warcs, tmp_path):
    queue(tmp_path)
    other = queue(tmp_path, "--language", "en")
    assert other.status == 2
    assert "begun with other options" in other.one_line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--queue", "paths.txt"], "--queue needs -o, a folder"),
        (["--queue", "paths.txt", "-o", "out", "more.warc"], "neither INPUT"),
        (["--queue", "none.txt", "-o", "out"], "does not exist"),
        (["--again", "news-0.warc.gz"], "go with --queue"),
        ([], "Missing argument 'INPUT…'"),
        (["--match", "(", "news-0.warc.gz"], "unterminated"),
        (["--since", "yesterday", "news-0.warc.gz"], "is no day; write it as YYYY-MM-DD"),
    ],
)
def test_what_cannot_be_carried_out_is_one_line(warcs, newswarc, arguments, said):
    done = newswarc("extract", *arguments)
    assert done.status == 2
    assert said in done.one_line


@pytest.mark.parametrize(
    ("options", "articles"),
    [
        (["--match", "harbour-1$"], FILES),
        (["--mime", "application/xhtml+xml"], 0),
        (["--status", "203"], 0),
        (["--status", "200", "--mime", "text/html"], 2 * FILES),
        (["--since", "2031-03-03"], 0),
        (["--until", "2031-03-02"], 2 * FILES),
        (["--language", "en-GB", "--language", "de"], 2 * FILES),
        (["--language", "de"], 0),
    ],
)
def test_filters(warcs, newswarc, options, articles):
    said = newswarc("extract", *warcs, *options)
    assert (said.status, len(said.out.splitlines())) == (0, articles)


def test_filters_of_a_queue(warcs, tmp_path):
    done = queue(tmp_path, "--match", "harbour-1$", "--until", "2031-03-02", "--language", "en")
    assert (done.status, json.loads(done.out)["articles"]) == (0, FILES)


@pytest.mark.parametrize("stated", [b'<html lang="de-AT">', b"<HTML class=x lang=de>", b"<html>"])
def test_a_page_that_states_another_language_is_left_out(newswarc, tmp_path, page, stated):
    """Where the root element says nothing, the header may."""
    other = stated + page("/a").partition(b">")[2].partition(b">")[2]
    headers = "" if b"lang" in stated else "Content-Language: de, fr\r\n"
    records = [response("https://news.example/a", other, headers=headers)]
    records.append(response("https://news.example/b", page("/b"), number=2))
    (tmp_path / "two.warc").write_bytes(b"".join(records))
    said = newswarc("extract", "two.warc", "--language", "en")
    assert [json.loads(line)["url"] for line in said.out.splitlines()] == ["https://news.example/b"]
    assert said.err == "1 article; left out: 1 another language\n"


def test_parquet_has_the_same_rows_with_types(warcs, tmp_path):
    pq = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    queue(tmp_path)
    assert queue(tmp_path, "--format", "parquet", to="rows").status == 0
    expected = results(tmp_path)
    for name, one in account(tmp_path, "rows").items():
        table = pq.read_table(tmp_path / "rows" / "results" / one["result"])
        assert str(table.schema.field("capture").type.field("date").type) == "timestamp[us, tz=UTC]"
        rows = table.to_pylist()
        for row in rows:
            row["sources"] = dict(row["sources"])
            row["capture"]["date"] = f"{row['capture']['date']:%Y-%m-%dT%H:%M:%SZ}"
        assert rows == expected[name]


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_a_date_of_capture_that_is_none_costs_no_page(warcs, tmp_path, form):
    text = gzip.decompress(warcs[0].read_bytes())
    [date, _] = re.findall(rb"WARC-Date: (\S+)", text)
    warcs[0].write_bytes(gzip.compress(text.replace(date, b"2031-02-30T08:00:60Z")))
    listed(tmp_path, warcs[0])
    done = queue(tmp_path, "--format", form)
    assert (json.loads(done.out)["articles"], done.err) == (2, "")


def test_lists_of_common_crawl(tmp_path):
    path = "crawl-data/CC-NEWS/2031/03/CC-NEWS-20310302080000-00001.warc.gz"
    (tmp_path / "warc.paths.gz").write_bytes(gzip.compress(f"{path}\n{path}\ns3://bucket/a.warc.gz\n".encode()))
    first, second = read_list(tmp_path / "warc.paths.gz")
    assert first == Input(f"https://data.commoncrawl.org/{path}")
    assert (first.name, second.name, second.is_remote) == (Path(path).name, "a.warc.gz", True)
    assert Input("a/x.warc.gz").stem != Input("b/x.warc.gz").stem


class Store(BaseHTTPRequestHandler):
    """Gives files of a folder in parts, breaks the first answer of each off, and keeps one back for ever."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        self.answer(only_head=True)

    def do_GET(self):
        if self.path.startswith("/slow"):
            self.server.asked.set()
            self.server.over.wait(60)
        self.answer()

    def answer(self, *, only_head: bool = False):
        path = self.server.folder / self.path.strip("/")
        if self.server.refusals:
            self.server.refused += 1
            self.send_response(self.server.refusals.pop(0))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if not path.is_file():
            self.send_error(404)
            return
        content, status = path.read_bytes(), 200
        size = len(content)
        if wanted := self.headers.get("Range"):
            first, last = wanted.removeprefix("bytes=").split("-")
            content, status = content[int(first) : int(last or size) + 1], 206
        self.send_response(status)
        if status == 206:
            self.send_header("Content-Range", f"bytes {first}-{int(first) + len(content) - 1}/{size}")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if only_head:
            return
        if self.path not in self.server.broken:
            self.server.broken.add(self.path)
            self.wfile.write(content[: len(content) // 2])
            self.close_connection = True
            return
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture
def store(tmp_path):
    """Its address; `/slow…` is answered only at the end."""
    pytest.importorskip("fsspec", reason="fsspec is not installed")
    with ThreadingHTTPServer(("127.0.0.1", 0), Store) as server:
        server.folder, server.broken = tmp_path, set()
        server.refusals, server.refused = [], 0
        server.asked, server.over = threading.Event(), threading.Event()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        server.address = f"http://127.0.0.1:{server.server_address[1]}"
        yield server
        server.over.set()
        server.shutdown()


def test_remote_files_are_fetched_and_what_breaks_off_is_gone_on_with(warcs, store, tmp_path):
    listed(tmp_path, *(f"{store.address}/{path.name}" for path in warcs[:2]), f"{store.address}/none.warc.gz")
    done = queue(tmp_path, "--jobs", "2")
    assert json.loads(done.out)["files"] == {"done": 2, "failed": 1}
    assert len(store.broken) == 2
    assert not (tmp_path / "out" / "fetched").exists()
    listed(tmp_path, *warcs[:2])
    queue(tmp_path, to="local")
    assert results(tmp_path) == results(tmp_path, "local")


@pytest.mark.parametrize("refusals", [[503], [503, 503], [500, 503, 429, 502, 403]], ids=repr)
def test_a_server_that_refuses_for_a_while_is_asked_again(warcs, store, tmp_path, monkeypatch, refusals):
    monkeypatch.setattr("crawler.jobs.bulk.fetch._FIRST_WAIT", 0)
    store.refusals = refusals
    with at_hand(Input(f"{store.address}/{warcs[0].name}"), tmp_path) as path:
        assert path.read_bytes() == warcs[0].read_bytes()


@pytest.mark.parametrize(
    ("status", "asked", "told"),
    [
        (404, 2, "not there; take it off the list"),
        (410, 2, "not there"),
        (503, 10, "tried 5 times, 503, message=.*later"),
    ],
)
def test_only_what_is_gone_is_given_up_at_once(store, tmp_path, monkeypatch, status, asked, told):
    monkeypatch.setattr("crawler.jobs.bulk.fetch._FIRST_WAIT", 0)
    store.refusals = [status] * 20
    with pytest.raises(Unreachable, match=told), at_hand(Input(f"{store.address}/a.warc.gz"), tmp_path):
        pass
    assert store.refused == asked, "HEAD and GET, each time"


def test_a_store_whose_keys_nobody_set_is_asked_once(tmp_path, monkeypatch):
    pytest.importorskip("s3fs", reason="s3fs is not installed")
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr("time.sleep", pytest.fail)
    told = "s3://news/a.warc.gz: no keys; set AWS_ACCESS_KEY_ID"
    with pytest.raises(Unreachable, match=told), at_hand(Input("s3://news/a.warc.gz"), tmp_path):
        pass


@pytest.mark.parametrize("address", ["bogus://news/a.warc.gz", "s3://news"])
def test_an_address_that_nobody_can_open_is_tried_once(tmp_path, monkeypatch, address):
    pytest.importorskip("fsspec", reason="fsspec is not installed")
    monkeypatch.setattr("time.sleep", pytest.fail)
    with (
        pytest.raises(Unreachable, match="; mend the list, or install what it needs"),
        at_hand(Input(address), tmp_path),
    ):
        pass


def test_files_in_an_object_store(warcs, s3, tmp_path):
    for path in warcs[:2]:
        s3.put(f"news/{path.name}", path.read_bytes())
    listed(tmp_path, *(f"s3://news/{path.name}" for path in warcs[:2]), "s3://news/none.warc.gz")
    done = queue(tmp_path, **s3.environment)
    assert json.loads(done.out)["files"] == {"done": 2, "failed": 1}
    assert sum(map(len, results(tmp_path).values())) == 4


@contextmanager
def waiting(folder, store):
    """The command, while it waits for its first file; the others are done."""
    command = [BIN / "newswarc", "extract", "--queue", "paths.txt", "-o", "out", "--jobs", "2"]
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, cwd=folder, env=environment_in(folder), stderr=said, stdout=said)
    try:
        assert store.asked.wait(60)
        deadline = time.monotonic() + 60
        while not (folder / "out" / "manifest.jsonl").exists() or len(account(folder)) < FILES:
            assert time.monotonic() < deadline, (folder / "said").read_text()
            time.sleep(0.1)
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_terminal_is_shown_how_long_it_will_take(warcs, store, tmp_path):
    (tmp_path / "slow.warc.gz").write_bytes(warcs[0].read_bytes())
    listed(tmp_path, *warcs, f"{store.address}/slow.warc.gz")
    ours, theirs = pty.openpty()
    command = [BIN / "newswarc", "extract", "--queue", "paths.txt", "-o", "out", "--jobs", "1"]
    environment = {**environment_in(tmp_path), "TERM": "xterm", "COLUMNS": "120"}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        seen = b""
        while not re.search(
            rb"5/6 files \S* *0:\d\d:\d\d \S* *left: +0:\d\d:\d\d", re.sub(rb"\x1b\[[\d;?]*[a-zA-Z]", b"", seen)
        ):
            seen += os.read(ours, 4096)  # OSError, if it ends before
        store.over.set()
        drained(ours)
        assert process.wait(60) == 0


def drained(terminal: int) -> None:
    """Read on until the other side is gone."""
    try:
        while os.read(terminal, 4096):
            pass
    except OSError:
        os.close(terminal)


def test_without_a_terminal_a_line_says_it_now_and_then(warcs, newswarc, monkeypatch):
    monkeypatch.setattr("crawler.cli.bulk.TOLD_EVERY", 0)
    said = newswarc("extract", "--queue", "paths.txt", "-o", "out", "--jobs", "1")
    told = [line for line in said.err.splitlines() if "left" in line]
    assert told[1] == "2 of 5 files, 4 articles in this run; about 0 min left"


def descendants(pid: int) -> list[int]:
    children = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return children + [deeper for child in children for deeper in descendants(child)]


@pytest.fixture
def slow(warcs, store, tmp_path):
    """A list whose first file does not come."""
    (tmp_path / "slow.warc.gz").write_bytes(warcs[0].read_bytes())
    listed(tmp_path, f"{store.address}/slow.warc.gz", *warcs)


@pytest.mark.parametrize(("number", "state"), [(signal.SIGKILL, "quarantined"), (signal.SIGTERM, "failed")])
def test_a_process_that_dies_takes_only_its_file_along(slow, store, tmp_path, number, state):
    """What it died of may be the file; who ends all processes of a service at once says nothing about any file."""
    with waiting(tmp_path, store) as process:
        children = [int(one) for one in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
        (worker,) = [pid for pid in descendants(process.pid) if pid not in children]
        os.kill(worker, number)
        assert process.wait(30) == 1
    assert account(tmp_path)["slow.warc.gz"]["state"] == state
    assert re.search(rf"its process .* signal {int(number)}\b", account(tmp_path)["slow.warc.gz"]["reason"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_cut_off_is_gone_on_with(slow, store, tmp_path, number):
    with waiting(tmp_path, store) as process:
        left = descendants(process.pid)
        process.send_signal(number)
        process.wait(30)
        deadline = time.monotonic() + 30
        while any(Path(f"/proc/{pid}").exists() for pid in left) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert [pid for pid in left if Path(f"/proc/{pid}").exists()] == [], "orphans are at work"
    store.over.set()
    assert "Traceback" not in (tmp_path / "said").read_text()
    with (tmp_path / "out" / "manifest.jsonl").open("a") as manifest:
        manifest.write('{"input": "torn')
    copies = tmp_path / "out" / "fetched"
    (copies / "of one that is not on the list any more").mkdir(parents=True)
    assert json.loads(queue(tmp_path).out)["files"] == {"done": FILES + 1}
    assert len(list((tmp_path / "out" / "results").iterdir())) == FILES + 1
    assert not copies.exists()
