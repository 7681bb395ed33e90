"""One pipeline per step of the extraction, in its order: what is extracted live is what is extracted from the archive.

The step `fill_title` becomes `TitlePipeline`, and so on; settings.py lists them, and a project may leave one out.
"""

from typing import ClassVar

from crawler.extraction import STEPS, Page, Step


class StepPipeline:
    """Fills one concern of the article on its way."""

    step: ClassVar[Step]

    def process_item(self, item: object) -> object:
        """Take a page one step further; any other item passes."""
        return type(self).step(item) if isinstance(item, Page) else item


def _pipeline(step: Step) -> type[StepPipeline]:
    name = "".join(word.title() for word in step.__name__.removeprefix("fill_").split("_")) + "Pipeline"
    return type(name, (StepPipeline,), {"step": staticmethod(step), "__module__": __name__, "__doc__": step.__doc__})


_PIPELINES = {pipeline.__name__: pipeline for pipeline in map(_pipeline, STEPS)}
globals().update(_PIPELINES)


def step_pipelines() -> tuple[str, ...]:
    """Paths of the pipelines, as Scrapy loads them, in the order of the steps."""
    return tuple(f"{__name__}.{name}" for name in _PIPELINES)
