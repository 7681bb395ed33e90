"""The newspaper as a whole: opened, it is served on loopback by a thread of its own until it is stopped."""

from types import TracebackType
from typing import Self

from crawler.newsroom.changes import SCHEDULE, Change, Schedule
from crawler.newsroom.clock import OPENING, NewsroomClock
from crawler.newsroom.edition import Edition
from crawler.newsroom.habits import STORIES, WALLS, Habits
from crawler.newsroom.paper import OddDesk, Paper
from crawler.newsroom.server import Served, Server
from crawler.newsroom.site import Site
from crawler.newsroom.story import Story
from crawler.newsroom.wire import PLAYS


class Newsroom:
    """A fictional newspaper on 127.0.0.1, the same for the same arguments: a context manager.

    `articles` stories are out when its clock stands where it does by default; `page_size` fills each article up to so
    many bytes and writes all of them beforehand, for measuring load; without `log`, exchanges are not kept; `schedule`
    says what happens to which story when.
    """

    def __init__(
        self,
        *,
        articles: int = 60,
        port: int = 0,
        clock: NewsroomClock | None = None,
        page_size: int | None = None,
        crawl_delay: float = 0.02,
        retry_after: int = 1,
        slow_seconds: float = 6.0,
        large_bytes: int = 12_000_000,
        log: bool = True,
        seed: int = 1,
        schedule: Schedule = SCHEDULE,
    ) -> None:
        self.clock = clock or NewsroomClock()
        self._server = Server(lambda request: self._site.answer(request), lambda: self._site.date(), port=port, log=log)
        self.url = f"http://127.0.0.1:{self._server.port}"
        self._paper = Paper(articles=articles, seed=seed, base=self.url, page_size=page_size, schedule=schedule)
        odd = OddDesk(STORIES, seed=seed + 1_000, base=self.url, now=OPENING)
        self.odd_stories: dict[str, Story] = odd.stories()
        self._habits = Habits(
            odd, retry_after=retry_after, slow_seconds=slow_seconds, large_bytes=large_bytes, born=OPENING
        )
        self._site = Site(self._paper, self._habits, self.clock, crawl_delay=crawl_delay)
        if page_size is not None:
            self._site.fill()

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End every connection; may be called again."""
        self._server.stop()

    def reset(self) -> None:
        """Forget every exchange, and what the habits remember of earlier requests."""
        self._habits.reset()
        self._server.forget()

    @property
    def exchanges(self) -> list[Served]:
        """What was received and sent, in order of the requests, up to now."""
        return self._server.served()

    @property
    def stories(self) -> tuple[Story, ...]:
        """Every story that can be read at the clock's time, newest first: the truth to test against."""
        return self._paper.stories(self.clock.now())

    @property
    def edition(self) -> Edition:
        """The paper at the clock's time."""
        return self._paper.at(self.clock.now())

    @property
    def changes(self) -> tuple[Change, ...]:
        """What happens to the stories at which times of the clock."""
        return self._paper.changes

    @property
    def habits(self) -> dict[str, str]:
        """Addresses of the awkward habits by name: 'odd/…' are linked from /odd/, 'wire/…' from nowhere."""
        names = [f"odd/{name}" for name in (*STORIES, *WALLS)] + [f"wire/{name}" for name in PLAYS]
        return {name: f"{self.url}/{name}" for name in names}
