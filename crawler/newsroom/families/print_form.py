"""The print form of the paper's own English page: bare, with the original address at the end."""

from crawler.newsroom.families.around import Around, author_links, printed_day, prose, text
from crawler.newsroom.story import Block, Story


def page(story: Story, _: Around) -> str:
    """The story's print form."""
    image = story.images[0]
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{text(story.title)}</title>
<meta name="robots" content="noindex">
</head>
<body>
<h1>{text(story.title)}</h1>
<p>By {author_links(story, (" and ", ", "))}</p>
<p>{printed_day(story.published, "en")}</p>
<img src="{image.url}" alt="">
<p>{text(image.caption)} <b>{text(image.credit)}</b></p>
{"".join(_block(block) for block in story.blocks)}
<p>Original url: <a href="{story.canonical_url}">{story.canonical_url}</a></p>
</body>
</html>
"""


def _block(block: Block) -> str:
    if block.kind == "related" and block.link:
        return f'<p><b>Related article</b>: <a href="{block.link.url}">{text(block.link.title)}</a></p>\n'
    if block.kind == "appeal":
        return ""
    return prose(block) + "\n"
