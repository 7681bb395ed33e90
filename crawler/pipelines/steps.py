"""The steps of the extraction as pipelines, in its order: what is extracted live is what is extracted from the archive.

settings.py lists them; a project may leave one out.
"""

from crawler.extraction import Page, Step
from crawler.extraction.access import fill_access
from crawler.extraction.body import fill_body
from crawler.extraction.byline import fill_byline
from crawler.extraction.canonical_url import fill_canonical_url
from crawler.extraction.dates import fill_dates
from crawler.extraction.description import fill_description
from crawler.extraction.images import fill_images
from crawler.extraction.kind import fill_kind
from crawler.extraction.language import fill_language
from crawler.extraction.related_links import fill_related
from crawler.extraction.section import fill_section
from crawler.extraction.slug import fill_slug
from crawler.extraction.tags import fill_tags
from crawler.extraction.title import fill_title


class StepsPipeline:
    """Fills a part of the article on its way."""

    steps: tuple[Step, ...]

    def process_item(self, item: object) -> object:
        """Take a page some steps further; any other item passes."""
        if not isinstance(item, Page):
            return item
        page = item
        for step in self.steps:
            page = step(page)
        return page


class TitlePipeline(StepsPipeline):
    """Fills the title, the slug, and the URL that the page says is its own."""

    steps = (fill_canonical_url, fill_title, fill_slug)


class BodyPipeline(StepsPipeline):
    """Fills the body, plain and as Markdown, and the language that it is in, by which dates are read."""

    steps = (fill_body, fill_language)


class RelatedPipeline(StepsPipeline):
    """Fills the related links."""

    steps = (fill_related,)


class BylinePipeline(StepsPipeline):
    """Fills the byline and the authors."""

    steps = (fill_byline,)


class DatesPipeline(StepsPipeline):
    """Fills the dates of publication and of the last update."""

    steps = (fill_dates,)


class DetailsPipeline(StepsPipeline):
    """Fills description, section, tags, who may read it, the pictures, and what kind of piece it is."""

    steps = (fill_description, fill_section, fill_tags, fill_access, fill_images, fill_kind)


PIPELINES: tuple[type[StepsPipeline], ...] = (
    TitlePipeline,
    BodyPipeline,
    RelatedPipeline,
    BylinePipeline,
    DatesPipeline,
    DetailsPipeline,
)


def steps_pipelines() -> tuple[str, ...]:
    """Paths of the pipelines, as Scrapy loads them, in the order of the steps."""
    return tuple(f"{__name__}.{pipeline.__name__}" for pipeline in PIPELINES)
