"""The paper's own English page, marked up as a large English-language daily of the region marks up its pages."""

from crawler.newsroom.families.around import (
    Around,
    article_times,
    author_links,
    canonical,
    linked_data,
    news_article,
    printed_day,
    prose,
    shell,
    tag_links,
    teasers,
    text,
)
from crawler.newsroom.inline import html
from crawler.newsroom.story import Block, Story

APPEAL = """<div class="contribute-banner"><h4>A Message from The Selmark Courier:</h4>
<p>Dear readers, independent reporting from the coast costs money, and nobody else pays for it.</p>
<p>If you value what you read, <a href="{base}/contribute">support us with as little as two crowns a month</a>.</p></div>"""


def page(story: Story, around: Around) -> str:
    """The story's page."""
    return shell(story, around, head=head(story, around), body=body(story, around))


def head(story: Story, around: Around) -> str:
    """What the page tells of the story to programs."""
    return f"""{canonical(story)}
{article_times(story)}
<meta property="article:section" content="{story.section.name}">
<meta name="twitter:title" content="{text(story.title)} - The Selmark Courier">
{linked_data(news_article(story))}
{_invalid_linked_data(around)}"""


def body(story: Story, around: Around) -> str:
    """The story and what stands beside it."""
    return f"""<div class="container article-container">
<article class="page-article">
<article class="article article--{story.section.path.strip("/")}">
<header class="article__header">
<h1><a href="{story.url}">{text(story.title)}</a></h1>
{f'<h2 class="article__subtitle">{text(story.standfirst)}</h2>' if story.standfirst else ""}
</header>
{_byline(story)}
{_lead_image(story)}
<div class="article__content-container"><div class="article__content">
{"".join(_block(block, around) for block in story.blocks)}
</div>
<div class="article__tags"><span>Read more about:</span> {tag_links(story, around)}</div>
<div class="article__print"><a href="{story.print_url}" rel="nofollow">Print this article</a></div>
</div>
</article>
{_cluster(story)}
</article>
<div class="sidebars">{teasers("Just in", around.just_in, "just-in")}
{teasers("Most read", around.most_read, "most-read")}</div>
</div>
{_appended(around)}"""


def _invalid_linked_data(around: Around) -> str:
    """A JSON-LD block with a trailing comma, which is no JSON; readers must not fall over it."""
    return f"""<script type="application/ld+json">
{{
  "@context": "http://schema.org",
  "@type": "NewsMediaOrganization",
  "name": "The Selmark Courier",
  "url": "{around.base}/",
  "sameAs": [
    "{around.base}/about",
  ],
}}
</script>"""


def _byline(story: Story) -> str:
    updated = story.modified != story.published
    shown = story.modified if updated else story.published
    names = author_links(story, (" and ", ", "), 'class="byline__author__name"')
    return f"""<div class="article__byline byline">
<div class="byline__details"><div class="byline__author">By {names}</div>
{"<span class='byline__updated'>Updated:</span> " if updated else ""}<time class="byline__datetime timeago" datetime="{shown.isoformat()}">{printed_day(shown, "en")}</time></div>
</div>"""


def _lead_image(story: Story) -> str:
    image = story.images[0]
    return f"""<figure class="article__featured-image featured-image">
<img src="{image.url}" width="640" height="360" alt="">
<figcaption><span class="article__featured-image__caption featured-image__caption">{text(image.caption)}</span>
<span class="article__featured-image__credits featured-image__credits">{text(image.credit)}</span></figcaption>
</figure>"""


def _block(block: Block, around: Around) -> str:
    if block.kind == "related" and block.link:
        return f"""<aside class="article__related-article"><a href="{block.link.url}" class="related-article__inner">
<span class="related-article__label">{block.link.label}</span>
<h3 class="related-article__title">{text(block.link.title)}</h3></a></aside>
"""
    if block.kind == "appeal":
        return APPEAL.format(base=around.base) + "\n"
    return f'<div class="article__block article__block--html article__block--column">{prose(block)}</div>\n'


def _cluster(story: Story) -> str:
    cards = "\n".join(
        f"""<div class="cluster__item"><div class="article-excerpt-default"><a href="{link.url}">
<h3 class="article-excerpt-default__headline">{text(link.title)}</h3></a></div></div>"""
        for link in story.further_reading
    )
    return (
        f'<section class="cluster"><header><h2 class="cluster__label">Read more</h2></header>\n{cards}</section>'
        if cards
        else ""
    )


def _appended(around: Around) -> str:
    if around.appended is None:
        return ""
    title, paragraphs = around.appended
    column = "\n".join(
        f'<div class="article__block article__block--html"><p>{html(paragraph)}</p></div>' for paragraph in paragraphs
    )
    return f"""<div class="lazy-loaded article-container"><article class="article">
<header class="article__header"><h1>{text(title)}</h1></header>
<div class="article__content">{column}</div></article></div>"""
