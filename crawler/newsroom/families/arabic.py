"""Arabic pages, right to left."""

from crawler.newsroom.families.around import (
    Around,
    article_times,
    author_links,
    canonical,
    figure,
    linked_data,
    more,
    news_article,
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
    head = f"{canonical(story)}\n{article_times(story)}\n{linked_data(news_article(story))}"
    body = f"""<div class="container"><main><article class="story">
<h1 class="story-title">{text(story.title)}</h1>
{f'<p class="story-summary">{text(story.standfirst)}</p>' if story.standfirst else ""}
<div class="story-meta"><span class="story-author">بقلم: {author_links(story, (" و", "، "), 'rel="author"')}</span>
<time datetime="{story.date_published}">{printed_day(story.published, "ar")}</time></div>
{figure(story.images[0], "story")}
<div class="story-body">
{"".join(_block(block, around) for block in story.blocks)}
</div>
<div class="story-tags">{tag_links(story, around)}</div>
{more(story, "مواضيع ذات صلة", "related-topics")}
</article></main>
{teasers("الأكثر قراءة", around.most_read, "most-read")}</div>"""
    return shell(story, around, head=head, body=body)


def _block(block: Block, around: Around) -> str:
    if block.kind == "related" and block.link:
        return f'<div class="read-also"><span>اقرأ أيضا</span> <a href="{block.link.url}">{text(block.link.title)}</a></div>\n'
    if block.kind == "newsletter":
        return f'<div class="newsletter"><a href="{around.base}/newsletter">اشترك في النشرة البريدية</a></div>\n'
    return prose(block) + "\n"
