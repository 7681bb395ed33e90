"""The pipelines are the steps of the extraction, in its order: what is live is what is offline."""

import pytest
from scrapy.settings import Settings
from scrapy.utils.conf import build_component_list
from scrapy.utils.misc import load_object

from crawler import settings as project_settings
from crawler.extraction import STEPS, extract
from crawler.items import Article, CaptureRef, Rejected, SiteRules
from crawler.pipelines.pages import ArticlePipeline, ParsePipeline, state_of
from crawler.pipelines.steps import StepsPipeline
from crawler.spiders.ledger import PageDropped
from crawler.spiders.pages import FetchedPage

URL = "https://n.example/2024/06/11/ferry-and-tide"
RULES = SiteRules(name="example", timezone="Europe/Moscow", digest="12345678")
CAPTURE = CaptureRef(
    warc="x.warc.gz",
    offset=0,
    length=9,
    record_id="<urn:uuid:1>",
    date="2024-06-11T10:00:00Z",
    payload_digest="sha1:A",
    status=200,
)
SENTENCE = "The harbour master said on Monday that the new ferry would run in all weathers until the end of the year. "
TEXT = "".join(f"<p>{SENTENCE * 2}{number}</p>" for number in range(8))
HEAD = '<title>Ferry and tide</title><meta property="og:type" content="article">'
STORY = f'<!doctype html><html lang="en"><head>{HEAD}</head><body><article><h1>Ferry and tide</h1>{TEXT}'.encode()


def pipelines():
    settings = Settings()
    settings.setmodule(project_settings)
    return [
        load_object(path)
        for path in build_component_list(settings.get_component_priority_dict_with_base("ITEM_PIPELINES"))
    ]


def through_the_pipelines(content):
    item = FetchedPage(url=URL, content=content, content_type="text/html", rules=RULES, capture=CAPTURE)
    for pipeline in pipelines():
        if pipeline in (ParsePipeline, ArticlePipeline) or issubclass(pipeline, StepsPipeline):
            item = pipeline().process_item(item)
    return item


def test_steps_of_the_pipelines_are_the_steps_of_the_extraction():
    assert tuple(step for one in pipelines() if issubclass(one, StepsPipeline) for step in one.steps) == STEPS


def test_live_equals_offline():
    from dataclasses import replace

    article = through_the_pipelines(STORY)
    assert isinstance(article, Article)
    assert replace(article, capture=None) == extract(STORY, URL, "text/html", rules=RULES)
    assert article.capture == CAPTURE


def test_page_that_is_no_article_is_dropped_with_the_reason_that_offline_gives():
    content = b"<!doctype html><title>Nothing</title><body><p>Hello.</p>"
    rejected = extract(content, URL, "text/html", rules=RULES)
    assert isinstance(rejected, Rejected)
    with pytest.raises(PageDropped) as dropped:
        through_the_pipelines(content)
    assert dropped.value.args[0] == rejected.reason


@pytest.mark.parametrize("pipeline", [ParsePipeline, ArticlePipeline], ids=lambda one: one.__name__)
def test_items_of_other_spiders_pass(pipeline):
    assert pipeline().process_item({"a": 1}) == {"a": 1}


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        ("not an article: soft 404", "gone"),
        ("not an article: consent wall", "failed"),
        ("not an article: challenge", "failed"),
        ("not an article: listing", "skipped"),
        ("no body", "skipped"),
    ],
)
def test_state_of_a_rejected_page(reason, state):
    assert state == state_of(reason)
