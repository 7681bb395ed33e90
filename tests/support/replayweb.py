"""ReplayWeb.page in a real Chromium: what it shows of a WACZ, told by the page that it is embedded in."""

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
LONGEST = 100
"""Seconds until every page has to be there."""

# The element puts its frame in as soon as its service worker is registered. On a busy machine that is not at work by
# then, and the frame gets what the server has there, for good: so the page waits for the worker, and shows one element
# after the other, each of which registers the worker of another address once more.
# Of replayed pages, `document.URL` is the archived one; `location` still tells them from the frames around them.
PAGE = """<!doctype html><script src="/ui.js"></script><body><script type="module">
const framed = (root) => [...root.querySelectorAll("*")].flatMap((one) => [
  ...(one.shadowRoot ? framed(one.shadowRoot) : []),
  ...(one.contentDocument ? [one.contentDocument, ...framed(one.contentDocument)] : []),
]);
const shown = () => framed(document).filter((one) => one.location.href.includes("mp_/") && one.body?.innerText);
const until = async (wanted) => { while (!wanted()) await new Promise((next) => setTimeout(next, 50)); };
const told = {};
const worker = await navigator.serviceWorker.register("/replay/sw.js?serveIndex=1", { scope: "/replay/" });
await until(() => worker.active?.state === "activated");
for (const url of URLS) {
  const element = Object.assign(document.createElement("replay-web-page"), { style: "display: block; height: 600px" });
  const marks = { source: "/shown.wacz", url, embed: "replayonly", replayBase: "/replay/" };
  for (const [name, value] of Object.entries(marks)) element.setAttribute(name, value);
  document.body.replaceChildren(element);
  await until(() => shown().length);
  told[url] = shown()[0].body.innerText;
}
await fetch("/told", { method: "POST", body: JSON.stringify(told) });
</script>"""


def texts_shown(program: Path, replayweb: Path, wacz: Path, urls: Sequence[str]) -> dict[str, str]:
    """URL → text of each page, as ReplayWeb.page shows it; none, if it does not come to show all of them.

    `program` is Chromium's, `replayweb` the folder of the npm package.
    """
    told: Queue[dict[str, str]] = Queue()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        site = Path(name, "site")
        (site / "replay").mkdir(parents=True)
        shutil.copy(replayweb / "ui.js", site)
        shutil.copy(replayweb / "sw.js", site / "replay")
        shutil.copy(wacz, site / "shown.wacz")
        (site / "index.html").write_text(PAGE.replace("URLS", json.dumps(urls)))
        with ThreadingHTTPServer(("127.0.0.1", 0), partial(Told, told=told, directory=str(site))) as server:
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            address = f"http://127.0.0.1:{server.server_port}/index.html"
            command = [program, *SWITCHES, f"--user-data-dir={name}/profile", "--remote-debugging-port=0", address]
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as browser:
                try:
                    return told.get(timeout=LONGEST)
                except Empty:
                    return {}
                finally:
                    browser.kill()
                    browser.wait()
                    server.shutdown()


class Told(SimpleHTTPRequestHandler):
    """Serves the files, and takes what the page says that it shows."""

    def __init__(self, *args, told: "Queue[dict[str, str]]", **kwargs) -> None:
        self._told = told
        super().__init__(*args, **kwargs)

    def log_message(self, *args):
        pass

    def do_POST(self):  # the library's name
        self._told.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()
