"""A live blog: posts with their times, the newest first, and a LiveBlogPosting node."""

from crawler.newsroom.families.around import (
    Around,
    article_times,
    author_links,
    canonical,
    figure,
    linked_data,
    news_article,
    printed_day,
    shell,
    tag_links,
    teasers,
    text,
)
from crawler.newsroom.inline import html, plain
from crawler.newsroom.story import Block, Story


def page(story: Story, around: Around) -> str:
    """The story's page."""
    posts = [block for block in story.blocks if block.kind == "post"]
    opening, *notes = [block for block in story.blocks if block.kind == "paragraph"]
    updates = [
        {
            "@type": "BlogPosting",
            "headline": plain(post.texts[0]),
            "datePublished": post.moment.isoformat() if post.moment else None,
            "articleBody": " ".join(plain(part) for part in post.texts[1:]),
        }
        for post in posts
    ]
    node = news_article(story, "LiveBlogPosting", coverageStartTime=story.date_published, liveBlogUpdate=updates)
    head = f"{canonical(story)}\n{article_times(story)}\n{linked_data(node)}"
    body = f"""<div class="live-layout"><main><article class="live-blog">
<header><p class="live-badge">Live</p><h1>{text(story.title)}</h1>
{f'<p class="standfirst">{text(story.standfirst)}</p>' if story.standfirst else ""}
<p class="live-byline">By {author_links(story, (" and ", ", "), 'rel="author"')}</p>
<p class="live-date"><time datetime="{story.date_published}">{printed_day(story.published, "en")}</time></p></header>
{figure(story.images[0], "live")}
<div class="live-intro"><p>{html(opening.texts[0])}</p></div>
<div class="live-posts">
{"".join(_post(post) for post in posts)}{"".join(f"<p>{html(note.texts[0])}</p>" for note in notes)}
</div>
<p class="live-tags">{tag_links(story, around)}</p>
{_background(story)}
</article></main>{teasers("Most read", around.most_read, "most-read")}</div>"""
    return shell(story, around, head=head, body=body)


def _post(post: Block) -> str:
    stamp = (
        f'<time class="live-time" datetime="{post.moment.isoformat()}">{post.moment:%H:%M}</time>'
        if post.moment
        else ""
    )
    paragraphs = "".join(f"<p>{html(part)}</p>" for part in post.texts[1:])
    return f'<section class="live-post">{stamp}<h2>{html(post.texts[0])}</h2>{paragraphs}</section>\n'


def _background(story: Story) -> str:
    items = "".join(f'<li><a href="{link.url}">{text(link.title)}</a></li>' for link in story.related_links)
    return f'<section class="related-coverage"><h2>Background</h2><ul>{items}</ul></section>' if items else ""
