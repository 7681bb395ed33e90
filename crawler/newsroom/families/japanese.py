"""Japanese pages: paragraphs that open with a wide space, credits in brackets, 関連記事 at the end."""

from crawler.newsroom.families.around import (
    Around,
    article_times,
    author_links,
    canonical,
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
from crawler.newsroom.inline import html
from crawler.newsroom.story import Block, Story


def page(story: Story, around: Around) -> str:
    """The story's page."""
    image = story.images[0]
    head = f"{canonical(story)}\n{article_times(story)}\n{linked_data(news_article(story))}"
    body = f"""<div id="wrap"><main id="main"><article class="kiji">
<h1 class="midashi">{text(story.title)}</h1>
<p class="hizuke"><time datetime="{story.date_published}">{printed_day(story.published, "ja")} {story.published:%H:%M}</time></p>
<p class="hissha">文・{author_links(story, ("、", "、"), 'rel="author"')}</p>
<div class="shashin"><img src="{image.url}" alt=""><p class="shashin-setsumei">{text(image.caption)}<span class="shashin-credit">{text(image.credit)}</span></p></div>
<div class="honbun">
{"".join(_block(block, around) for block in story.blocks)}
</div>
<div class="keywords">キーワード：{tag_links(story, around)}</div>
{more(story, "関連記事", "kanren")}
</article></main>
{teasers("アクセスランキング", around.most_read, "ranking")}</div>"""
    return shell(story, around, head=head, body=body)


def _block(block: Block, around: Around) -> str:
    if block.kind == "related" and block.link:
        return f'<div class="awasete"><span>あわせて読みたい</span><a href="{block.link.url}">{text(block.link.title)}</a></div>\n'
    if block.kind == "newsletter":
        return f'<div class="mailmag"><a href="{around.base}/newsletter">メールマガジンに登録する</a></div>\n'
    if block.kind == "paragraph":
        return f"<p>\u3000{html(block.texts[0])}</p>\n"
    return prose(block) + "\n"
