"""A blog theme with its SEO plug-in's JSON-LD @graph, sharing bar, author box, related posts and comments."""

from typing import Any

from crawler.newsroom.families.around import (
    PAPER,
    Around,
    article_times,
    author_links,
    canonical,
    figure,
    linked_data,
    printed_day,
    prose,
    shell,
    tag_links,
    teasers,
    text,
)
from crawler.newsroom.inline import html
from crawler.newsroom.story import Block, Story


def page(story: Story, around: Around) -> str:
    """The story's page."""
    head = f"""{canonical(story)}
{article_times(story)}
<meta name="author" content="{text(story.authors[0].name)}">
<meta name="generator" content="WordPress 6.5">
{linked_data(_graph(story, around))}"""
    byline = author_links(story, (" and ", ", "), 'class="url fn n" rel="author"')
    body = f"""<div id="content" class="site-content"><main id="main" class="site-main">
<article id="post-{story.number}" class="post-{story.number} post type-post status-publish hentry category-opinion">
<header class="entry-header"><span class="cat-links"><a href="{around.base}/opinion" rel="category tag">Opinion</a></span>
<h1 class="entry-title">{text(story.title)}</h1>
<div class="entry-meta"><span class="byline">By {byline}</span>
<span class="posted-on"><time class="entry-date published" datetime="{story.date_published}">{printed_day(story.published, "en")}</time></span>
<span class="comments-link"><a href="#respond">Leave a comment</a></span></div></header>
<div class="post-thumbnail">{figure(story.images[0], "wp")}</div>
<div class="entry-content">
{f'<p class="lede"><strong>{text(story.standfirst)}</strong></p>' if story.standfirst else ""}
{"".join(_block(block, around) for block in story.blocks)}
<div class="sharedaddy sd-sharing-enabled"><h3 class="sd-title">Share this:</h3><ul><li><a href="#">Mail</a></li><li><a href="#">Print</a></li></ul></div>
</div>
<footer class="entry-footer"><span class="tags-links">Tagged {tag_links(story, around)}</span></footer>
<div class="author-box"><h4>About {text(story.authors[0].name)}</h4><p>Writes about the coast, its towns and the people who run them. Keeps bees, not always successfully.</p></div>
{_related(story)}
</article>
{_comments()}
</main><div id="secondary" class="widget-area">{teasers("Recent Posts", around.just_in, "widget_recent_entries")}</div></div>"""
    return shell(story, around, head=head, body=body)


def _block(block: Block, around: Around) -> str:
    if block.kind == "related" and block.link:
        return f'<p><strong>Read also:</strong> <a href="{block.link.url}">{text(block.link.title)}</a></p>\n'
    if block.kind == "photo" and block.image:
        return figure(block.image, "wp") + "\n"
    if block.kind == "newsletter":
        return f"""<div class="wp-block-group newsletter-signup"><p><strong>The Tide Table, every Friday.</strong> Our columnists in your inbox.
<a href="{around.base}/newsletter">Sign up for the newsletter</a></p></div>
"""
    if block.kind == "heading":
        return f'<h2 class="wp-block-heading">{html(block.texts[0])}</h2>\n'
    if block.kind == "quote":
        return f'<blockquote class="wp-block-quote"><p>{html(block.texts[0])}</p></blockquote>\n'
    return prose(block) + "\n"


def _related(story: Story) -> str:
    items = "".join(
        f'<div class="related-post"><h4><a href="{link.url}">{text(link.title)}</a></h4></div>\n'
        for link in story.further_reading
    )
    return f'<div class="related-posts"><h3>Related stories</h3>{items}</div>' if items else ""


def _comments() -> str:
    return """<div id="comments" class="comments-area"><h2 class="comments-title">Two thoughts</h2><ol class="comment-list">
<li class="comment"><p>My grandfather said the same of the old pier, and he was right about the pier.</p></li>
<li class="comment"><p>Could somebody please publish the drawings? The ones in the hall are upside down.</p></li></ol>
<div id="respond"><form><textarea name="comment"></textarea><input type="submit" value="Post Comment"></form></div></div>"""


def _graph(story: Story, around: Around) -> dict[str, Any]:
    image = f"{story.url}#primaryimage"
    people = [
        {"@type": "Person", "@id": f"{around.base}/#/schema/person/{place}", "name": author.name, "url": author.url}
        for place, author in enumerate(story.authors)
    ]
    article = {
        "@type": ["Article", "OpinionNewsArticle"],
        "@id": f"{story.url}#article",
        "isPartOf": {"@id": story.url},
        "author": [{"name": person["name"], "@id": person["@id"]} for person in people],
        "headline": story.title,
        "datePublished": story.date_published,
        "dateModified": story.date_modified,
        "mainEntityOfPage": {"@id": story.url},
        "publisher": {"@id": f"{around.base}/#organization"},
        "image": {"@id": image},
        "keywords": list(story.tags),
        "articleSection": [story.section.name],
        "inLanguage": "en",
    }
    website = {"@type": "WebSite", "@id": f"{around.base}/#website", "url": f"{around.base}/", "name": PAPER["en"]}
    organization = {"@type": "Organization", "@id": f"{around.base}/#organization", "name": PAPER["en"]}
    picture = {"@type": "ImageObject", "@id": image, "url": story.images[0].url, "caption": story.images[0].caption}
    webpage = {"@type": "WebPage", "@id": story.url, "url": story.url, "name": f"{story.title} - {PAPER['en']}"}
    return {"@context": "https://schema.org", "@graph": [article, webpage, picture, website, organization, *people]}
