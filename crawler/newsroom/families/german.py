"""German pages: kicker, "Lesen Sie auch", and an advertorial under the very same label."""

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
    tag_links,
    teasers,
    text,
)
from crawler.newsroom.story import Block, Story


def page(story: Story, around: Around) -> str:
    """The story's page."""
    node = news_article(story, isAccessibleForFree=story.access == "free")
    head = f"{canonical(story)}\n{article_times(story)}\n{linked_data(node)}"
    body = f"""<div class="seite"><main><article class="artikel">
<header class="artikel-kopf"><h1><span class="dachzeile">{text(story.section.name)}:</span> <span class="titel">{text(story.title)}</span></h1>
{f'<p class="vorspann">{text(story.standfirst)}</p>' if story.standfirst else ""}
<div class="autorenzeile">Von {author_links(story, (" und ", ", "), 'rel="author"')}</div>
<time datetime="{story.date_published}">{printed_day(story.published, "de")}, {story.published:%H:%M} Uhr</time>
<div class="teilen"><a href="#">Teilen</a> <a href="#">Merken</a> <a href="#">Drucken</a></div></header>
{figure(story.images[0], "bild", "Foto: ")}
<div class="artikel-text">
{"".join(_block(block, around) for block in story.blocks)}
</div>
<div class="schlagworte">Schlagworte: {tag_links(story, around)}</div>
{_more(story)}
<div class="kommentare"><h3>Kommentare</h3><p>Zum Kommentieren bitte anmelden.</p></div>
</article></main>
{teasers("Meistgelesen", around.most_read, "meistgelesen")}</div>"""
    return shell(story, around, head=head, body=body)


def _block(block: Block, around: Around) -> str:
    if block.kind == "related" and block.link:
        address = f"{block.link.url}?utm_source=artikel&amp;utm_medium=lesen-sie-auch"
        return _box(f'<a href="{address}">{text(block.link.title)}</a>')
    if block.kind == "advert":
        return _box(
            f'<a href="{around.base}/anzeige/treppenlift-ratgeber-2026" rel="sponsored nofollow">'
            'Treppenlift im Altbau: Diese sieben Fragen sollten Sie vor dem Kauf stellen</a> <small class="hinweis">ANZEIGE</small>'
        )
    if block.kind == "photo" and block.image:
        return figure(block.image, "bild", "Foto: ") + "\n"
    if block.kind == "newsletter":
        return f"""<div class="newsletter-box"><strong>Guten Morgen, Selmark</strong><p>Der Newsletter am Morgen: kostenlos bestellen, jederzeit kündbar.</p>
<a href="{around.base}/newsletter">Jetzt anmelden</a></div>
"""
    return prose(block) + "\n"


def _box(content: str) -> str:
    return f'<div class="lesen-sie-auch"><span class="box-titel">Lesen Sie auch</span> {content}</div>\n'


def _more(story: Story) -> str:
    items = "\n".join(
        f'<li><a href="{link.url}"><span class="teaser-titel">{text(link.title)}</span></a></li>'
        for link in story.further_reading
    )
    return f'<section class="mehr-zum-thema"><h2>Mehr zum Thema</h2><ul>{items}</ul></section>' if items else ""
