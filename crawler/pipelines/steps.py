"""One pipeline per step of the extraction, in its order: what is extracted live is what is extracted from the archive.

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


class StepPipeline:
    """Fills one concern of the article on its way."""

    step: Step

    def process_item(self, item: object) -> object:
        """Take a page one step further; any other item passes."""
        return self.step(item) if isinstance(item, Page) else item


class CanonicalUrlPipeline(StepPipeline):
    """Fills the URL that the page says is its own."""

    step = staticmethod(fill_canonical_url)


class TitlePipeline(StepPipeline):
    """Fills the title."""

    step = staticmethod(fill_title)


class SlugPipeline(StepPipeline):
    """Fills the slug."""

    step = staticmethod(fill_slug)


class BodyPipeline(StepPipeline):
    """Fills the body, plain and as Markdown."""

    step = staticmethod(fill_body)


class RelatedPipeline(StepPipeline):
    """Fills the related links."""

    step = staticmethod(fill_related)


class BylinePipeline(StepPipeline):
    """Fills the byline and the authors."""

    step = staticmethod(fill_byline)


class DatesPipeline(StepPipeline):
    """Fills the dates of publication and of the last update."""

    step = staticmethod(fill_dates)


class DescriptionPipeline(StepPipeline):
    """Fills the description."""

    step = staticmethod(fill_description)


class SectionPipeline(StepPipeline):
    """Fills the section."""

    step = staticmethod(fill_section)


class TagsPipeline(StepPipeline):
    """Fills the tags."""

    step = staticmethod(fill_tags)


class LanguagePipeline(StepPipeline):
    """Fills the language."""

    step = staticmethod(fill_language)


class AccessPipeline(StepPipeline):
    """Fills who may read it."""

    step = staticmethod(fill_access)


class ImagesPipeline(StepPipeline):
    """Fills the pictures."""

    step = staticmethod(fill_images)


class KindPipeline(StepPipeline):
    """Fills what kind of piece it is."""

    step = staticmethod(fill_kind)


PIPELINES: tuple[type[StepPipeline], ...] = (
    CanonicalUrlPipeline,
    TitlePipeline,
    SlugPipeline,
    BodyPipeline,
    RelatedPipeline,
    BylinePipeline,
    DatesPipeline,
    DescriptionPipeline,
    SectionPipeline,
    TagsPipeline,
    LanguagePipeline,
    AccessPipeline,
    ImagesPipeline,
    KindPipeline,
)


def step_pipelines() -> tuple[str, ...]:
    """Paths of the pipelines, as Scrapy loads them, in the order of the steps."""
    return tuple(f"{__name__}.{pipeline.__name__}" for pipeline in PIPELINES)
