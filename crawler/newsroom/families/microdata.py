"""A local page with schema.org microdata and no JSON-LD."""

from crawler.newsroom.families.around import (
    Around,
    canonical,
    more,
    printed_day,
    prose,
    shell,
    tag_links,
    teasers,
    text,
)
from crawler.newsroom.story import Block, Story


def page(story: Story, around: Around) -> str:
    """The story's page."""
    head = f'{canonical(story)}\n<meta property="article:content_tier" content="metered">'
    image = story.images[0]
    body = f"""<div class="layout"><main>
<article itemscope itemtype="https://schema.org/NewsArticle">
<meta itemprop="mainEntityOfPage" content="{story.canonical_url}">
<meta itemprop="inLanguage" content="en"><meta itemprop="articleSection" content="{story.section.name}">
<p class="kicker">{story.section.name}</p>
<h1 itemprop="headline">{text(story.title)}</h1>
{f'<p class="summary" itemprop="description">{text(story.standfirst)}</p>' if story.standfirst else ""}
<p class="credits-line">By {_authors(story)}</p>
<p class="dates">Published <time itemprop="datePublished" datetime="{story.date_published}">{printed_day(story.published, "en")}</time>
<span class="upd">Last updated <time itemprop="dateModified" datetime="{story.date_modified}">{printed_day(story.modified, "en")}</time></span></p>
{_photo(image.url, image.caption, image.credit)}
<div class="story-text" itemprop="articleBody">
{"".join(_block(block, around) for block in story.blocks)}
</div>
<p class="topics">Topics: <span itemprop="keywords">{tag_links(story, around)}</span></p>
{more(story, "More on this story", "more-on")}
</article></main>
{teasers("Latest from the district", around.just_in, "latest")}</div>"""
    return shell(story, around, head=head, body=body)


def _authors(story: Story) -> str:
    return " and ".join(
        f'<span itemprop="author" itemscope itemtype="https://schema.org/Person"><a itemprop="url" href="{author.url}">'
        f'<span itemprop="name">{text(author.name)}</span></a></span>'
        for author in story.authors
    )


def _photo(url: str, caption: str | None, credit: str | None) -> str:
    return f"""<figure itemprop="image" itemscope itemtype="https://schema.org/ImageObject">
<img itemprop="url" src="{url}" width="640" height="360" alt="">
<figcaption><span itemprop="caption">{text(caption)}</span> <span class="photo-credit" itemprop="creditText">{text(credit)}</span></figcaption></figure>
"""


def _block(block: Block, around: Around) -> str:
    if block.kind == "related" and block.link:
        return f"""<div class="see-also"><b>See also</b> <a href="{block.link.url}">{text(block.link.title)}</a></div>
"""
    if block.kind == "photo" and block.image:
        return _photo(block.image.url, block.image.caption, block.image.credit)
    if block.kind == "newsletter":
        return f'<form class="newsletter" action="{around.base}/newsletter"><p>Your street, every morning: subscribe to the local newsletter.</p><input type="email" name="email"></form>\n'
    return prose(block) + "\n"
