"""ReplayWeb.page in a real Chromium: what it shows of a WACZ, told by the page that it is embedded in."""

import html
import json
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from urllib.parse import unquote

SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
LONGEST = 60
"""Seconds until every page has to be there."""

EMBEDDED = (
    '<replay-web-page source="/shown.wacz" url="{url}" embed="replayonly" replayBase="/replay/" '
    'style="display: block; height: 600px"></replay-web-page>'
)
# Of replayed pages, `document.URL` is the archived one; `location` still tells them from the frames around them.
PAGE = """<!doctype html><script src="/ui.js"></script>{embedded}<script>
const framed = (root) => [...root.querySelectorAll("*")].flatMap((one) => [
  ...(one.shadowRoot ? framed(one.shadowRoot) : []),
  ...(one.contentDocument ? [one.contentDocument, ...framed(one.contentDocument)] : []),
]);
const pages = () => framed(document).filter((one) => one.location.href.includes("mp_/"));
const told = () => pages().map((one) => [one.location.href, one.body?.innerText]);
setInterval(() => fetch("/told", {{ method: "POST", body: JSON.stringify(told()) }}), 250);
</script>"""


def texts_shown(program: Path, replayweb: Path, wacz: Path, urls: Sequence[str]) -> dict[str, str]:
    """URL → text of each page, as ReplayWeb.page shows it; those that it does not show are not there.

    `program` is Chromium's, `replayweb` the folder of the npm package.
    """
    told: Queue[dict[str, str]] = Queue()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        site = Path(name, "site")
        (site / "replay").mkdir(parents=True)
        shutil.copy(replayweb / "ui.js", site)
        shutil.copy(replayweb / "sw.js", site / "replay")
        shutil.copy(wacz, site / "shown.wacz")
        embedded = "".join(EMBEDDED.format(url=html.escape(url)) for url in urls)
        (site / "index.html").write_text(PAGE.format(embedded=embedded))
        with ThreadingHTTPServer(("127.0.0.1", 0), partial(Told, told=told, directory=str(site))) as server:
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            address = f"http://127.0.0.1:{server.server_port}/index.html"
            command = [program, *SWITCHES, f"--user-data-dir={name}/profile", "--remote-debugging-port=0", address]
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as browser:
                try:
                    return last_told(told, urls)
                finally:
                    browser.kill()
                    browser.wait()
                    server.shutdown()


def last_told(told: "Queue[dict[str, str]]", urls: Sequence[str]) -> dict[str, str]:
    """What is told when every page has a text, or when the time is up."""
    found: dict[str, str] = {}
    for _ in range(LONGEST * 4):
        try:
            found = told.get(timeout=LONGEST)
        except Empty:
            break
        if set(urls) <= found.keys():
            break
    return found


class Told(SimpleHTTPRequestHandler):
    """Serves the files, and takes what the page says that it shows."""

    def __init__(self, *args, told: "Queue[dict[str, str]]", **kwargs) -> None:
        self._told = told
        super().__init__(*args, **kwargs)

    def log_message(self, *args):
        pass

    def do_POST(self):  # the library's name
        pages = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._told.put({unquote(address.partition("mp_/")[2]): text for address, text in pages if text})
        self.send_response(204)
        self.end_headers()
