"""One story gives one item, whichever of its addresses are captured."""

import pytest
import sqlalchemy as sa

from crawler.discovery import Announced
from crawler.frontier import Frontier
from crawler.items import Article
from crawler.pipelines.story import StoryPipeline
from crawler.spiders.ledger import PageDropped

BASE = "https://n.example"
PLAIN = f"{BASE}/2024/06/11/ferry-and-tide"
PRINT = f"{PLAIN}/print"
OTHER = f"{BASE}/politics/ferry-and-tide-10001"


class Desk:
    """What the pipeline needs of a spider: its ledger, its scope, and a way to ask for a page."""

    def __init__(self, engine):
        self.frontier = Frontier(engine, site="n")
        self.asked = []

    def is_article(self, url):
        return url.startswith(f"{BASE}/") and url != f"{BASE}/"

    def ask_for(self, url, *, source):
        if not self.frontier.is_under_way(url):
            if not self.frontier.ask_instead(url):
                return False
            self.asked.append(url)
        self.frontier.stories.follow(source, url, is_named=True)
        return True

    def has(self, url, state=None):
        """An address that was announced, asked for and, with a state, settled."""
        self.frontier.announce([Announced(url=url, kind="feed")], source=f"{BASE}/rss")
        self.frontier.ask(url)
        if state:
            self.frontier.settle(url, state, seen=True)


@pytest.fixture
def desk(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    yield Desk(engine)
    engine.dispose()


def page(url, canonical):
    return Article(url=url, canonical_url=canonical)


def outcome(desk, article, article_at=lambda _: None):
    try:
        StoryPipeline(desk, article_at).process_item(article)
    except PageDropped as dropped:
        return dropped.args[0]
    return "item"


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        pytest.param(PLAIN, None, id="says-nothing"),
        pytest.param(PLAIN, PLAIN, id="says-itself"),
        pytest.param(PLAIN, f"{BASE}/", id="says-the-front-page"),
        pytest.param(PLAIN, "https://agency.example/2024/06/11/ferry-and-tide", id="says-another-paper"),
        pytest.param(PLAIN, f"{PLAIN}/", id="says-itself-with-a-slash"),
        pytest.param(PLAIN, "http://[broken", id="says-nonsense"),
    ],
)
def test_page_that_names_no_other_page_is_an_item(desk, url, canonical):
    desk.has(url)
    assert outcome(desk, page(url, canonical)) == "item"
    assert desk.asked == []


@pytest.mark.parametrize("state", ["captured", "unchanged", None], ids=["captured", "unchanged", "still-to-come"])
def test_second_address_of_a_known_story_is_dropped(desk, state):
    desk.has(PLAIN, state)
    desk.has(OTHER)
    assert outcome(desk, page(OTHER, PLAIN)) == f"duplicate of {PLAIN}"


def test_address_of_a_lost_page_does_not_count(desk):
    """If the page that is named could not be had, this one stands for the story."""
    desk.has(PLAIN, "gone")
    desk.has(OTHER)
    assert outcome(desk, page(OTHER, PLAIN)) == "item"


def test_two_addresses_that_name_a_third_give_one_item(desk):
    desk.has(OTHER)
    assert outcome(desk, page(OTHER, PLAIN)) == "item"
    desk.frontier.settle(OTHER, "captured", seen=True)
    desk.has(f"{OTHER}2")
    assert outcome(desk, page(f"{OTHER}2", PLAIN)) == f"duplicate of {OTHER}"


def test_print_form_makes_way_for_the_plain_one(desk):
    desk.has(PRINT)
    assert outcome(desk, page(PRINT, PLAIN)) == f"duplicate of {PLAIN}"
    assert desk.asked == [PLAIN]


def test_plain_form_is_believed_in_whatever_folder_it_lies(desk):
    """As a link of a listing it would be taken for a service's."""
    desk.is_article = lambda _: False
    desk.has(PRINT)
    assert outcome(desk, page(PRINT, PLAIN)) == f"duplicate of {PLAIN}"


def test_print_form_stands_where_the_plain_one_cannot_be_had(desk):
    desk.has(PLAIN, "gone")
    desk.has(PRINT)
    assert outcome(desk, page(PRINT, PLAIN)) == "item"


STORY = {"title": "Ferry and tide", "body": "The ferry runs at seven. " * 9 + "It was full."}


@pytest.mark.parametrize(
    ("had", "expected"),
    [
        pytest.param(STORY, f"duplicate of {PLAIN}", id="the-same"),
        pytest.param(STORY | {"title": "Tide"}, f"duplicate of {PLAIN}", id="the-same-text"),
        pytest.param(STORY | {"body": "Subscribe."}, f"duplicate of {PLAIN}", id="the-same-headline"),
        pytest.param(STORY | {"body": "Two lamps are out, said Ada. " * 9}, "item", id="another-so-called"),
        pytest.param({"title": "Ice", "body": "Two lamps are out."}, "item", id="another-story"),
        pytest.param({"title": "Ice", "body": ""}, "item", id="another-headline-and-no-text"),
        pytest.param(None, f"duplicate of {PLAIN}", id="nobody-knows"),
    ],
)
def test_what_a_page_names_is_believed_where_that_tells_its_story(desk, had, expected):
    desk.has(PLAIN, "captured")
    desk.has(OTHER)
    article = Article(url=OTHER, canonical_url=PLAIN, **STORY)
    assert outcome(desk, article, lambda url: had if url == PLAIN else None) == expected


def test_other_items_pass(desk):
    assert StoryPipeline(desk).process_item({"a": 1}) == {"a": 1}
