"""A teaser before a paywall, declared as schema.org asks."""

from crawler.newsroom.families.around import (
    Around,
    article_times,
    author_links,
    canonical,
    figure,
    linked_data,
    news_article,
    printed_day,
    prose,
    shell,
    teasers,
    text,
)
from crawler.newsroom.story import Story


def page(story: Story, around: Around) -> str:
    """The story's page."""
    part = {"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": ".premium-content"}
    node = news_article(story, isAccessibleForFree="False", hasPart=part)
    head = f"""{canonical(story)}
{article_times(story)}
<meta property="article:content_tier" content="locked">
{linked_data(node)}"""
    body = f"""<div class="premium-page"><main><article class="premium-story">
<p class="premium-label">Subscribers only</p>
<h1>{text(story.title)}</h1>
{f'<p class="standfirst">{text(story.standfirst)}</p>' if story.standfirst else ""}
<div class="meta"><span class="author-names">By {author_links(story, (" and ", ", "), 'rel="author"')}</span>
<time datetime="{story.date_published}">{printed_day(story.published, "en")}</time></div>
{figure(story.images[0], "premium")}
<div class="premium-content">
{"".join(prose(block) for block in story.blocks)}
</div>
<div class="paywall"><h3>Keep reading for one crown</h3><p>You have read the opening of this story; 78 % of it lies behind this line.</p>
<p><a href="{around.base}/contribute">Subscribe now</a> or <a href="{around.base}/login">log in</a> if you are a subscriber already.</p></div>
</article></main>{teasers("Just in", around.just_in, "just-in")}</div>"""
    return shell(story, around, head=head, body=body)
