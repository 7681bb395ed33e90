"""`python -m crawler.newsroom`: the newspaper in a process of its own, for measuring load."""

import argparse
import signal
import sys
import threading
from datetime import datetime

from crawler.newsroom import Newsroom, NewsroomClock, NewsroomError


def main() -> int:
    """Serve until SIGINT or SIGTERM; the first line of standard output is the address."""
    options = _options()
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    try:
        newsroom = Newsroom(
            articles=options.articles,
            port=options.port,
            clock=NewsroomClock(options.clock) if options.clock else None,
            page_size=options.page_size,
            crawl_delay=options.crawl_delay,
            log=options.log,
        )
    except NewsroomError as problem:
        print(problem, file=sys.stderr)  # noqa: T201 - a command's own output
        return 1
    with newsroom:
        print(newsroom.url, flush=True)  # noqa: T201 - likewise
        stopped.wait()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m crawler.newsroom", description=__doc__)
    parser.add_argument("--port", type=int, default=8765, help="0 takes a free one (default: 8765)")
    parser.add_argument("--articles", type=int, default=60, help="how many stories are out (default: 60)")
    parser.add_argument("--page-size", type=int, help="fill each article up to so many bytes")
    parser.add_argument("--clock", type=datetime.fromisoformat, help="the newspaper's time, ISO 8601")
    parser.add_argument("--crawl-delay", type=float, default=0.0, help="what robots.txt asks for, in seconds")
    parser.add_argument("--no-log", dest="log", action="store_false", help="do not keep exchanges in memory")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
