"""`newswarc newsroom`: the demo newspaper by itself."""

import json
import signal
import threading
from datetime import UTC, datetime

import click

from crawler.cli.options import as_json
from crawler.newsroom import Newsroom, NewsroomClock, NewsroomError


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0 takes a free one.")
@click.option("--articles", type=click.IntRange(1), default=60, show_default=True, help="How many stories it has.")
@click.option("--clock", metavar="ISO", help="The newspaper's time, e.g. 2026-05-19T06:00Z; articles change with it.")
@click.option("--page-size", type=click.IntRange(1), metavar="BYTES", help="Fill each article up, for measuring load.")
@click.option(
    "--crawl-delay",
    type=click.FloatRange(0),
    default=0.02,
    show_default=True,
    metavar="SECONDS",
    help="What its robots.txt asks for.",
)
@as_json
def newsroom(
    *, port: int, articles: int, clock: str | None, page_size: int | None, crawl_delay: float, as_json: bool
) -> None:
    """Serve the built-in fictional newspaper on loopback, until Ctrl-C.

    It is for trying newswarc out and for testing crawlers: ten kinds of pages in five languages, and every awkward
    habit of real servers.

    \b
    Examples:
      newswarc newsroom --port 8765 --articles 60
      newswarc newsroom --articles 2000 --page-size 100000 --crawl-delay 0
    """
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    moment = NewsroomClock(instant(clock)) if clock else None
    try:
        opened = Newsroom(
            articles=articles, port=port, clock=moment, page_size=page_size, crawl_delay=crawl_delay, log=False
        )
    except NewsroomError as exc:
        raise click.UsageError(str(exc)) from exc
    with opened as served:
        click.echo(json.dumps({"url": served.url}) if as_json else served.url)
        stopped.wait()


def instant(text: str) -> datetime:
    """The moment that an option names; UTC where it names no zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise click.BadParameter(f"{text!r} is not an ISO 8601 time", param_hint="--clock") from exc
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
