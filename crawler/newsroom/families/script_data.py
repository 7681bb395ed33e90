"""A page drawn by scripts: the story's body is only in `__NEXT_DATA__`, from which the browser takes it."""

import json

from crawler.newsroom.families.around import Around, article_times, canonical, prose, shell, text
from crawler.newsroom.story import Story

DRAW = """<script>
const {story} = JSON.parse(document.getElementById("__NEXT_DATA__").textContent).props.pageProps;
const drawn = document.querySelector("#__next .loading");
drawn.removeAttribute("aria-busy");
drawn.querySelector(".spinner").remove();
const byline = drawn.appendChild(document.createElement("p"));
byline.textContent = "By " + story.authors.map((author) => author.name).join(" and ");
drawn.insertAdjacentHTML("beforeend", story.bodyHtml);
</script>"""


def page(story: Story, around: Around) -> str:
    """The story's page."""
    names = "\n".join(f'<meta name="author" content="{text(author.name)}">' for author in story.authors)
    head = f"""{canonical(story)}
{article_times(story)}
<meta property="article:section" content="{story.section.name}">
{"".join(f'<meta property="article:tag" content="{text(tag)}">' for tag in story.tags)}
{names}"""
    standfirst = f"<p>{text(story.standfirst)}</p>" if story.standfirst else ""
    state = {
        "props": {
            "pageProps": {
                "story": {
                    "id": story.number,
                    "headline": story.title,
                    "firstPublished": story.date_published,
                    "lastPublished": story.date_modified,
                    "authors": [{"name": author.name} for author in story.authors],
                    "bodyHtml": standfirst + "".join(prose(block) for block in story.blocks),
                }
            }
        },
        "page": "/features/[slug]",
        "query": {"slug": story.path.rsplit("/", 1)[-1]},
        "isFallback": False,
    }
    content = json.dumps(state, ensure_ascii=False).replace("</", "<\\/")
    body = f"""<div id="__next"><div class="loading" aria-busy="true"><h1>{text(story.title)}</h1><div class="spinner"></div></div></div>
<script id="__NEXT_DATA__" type="application/json">{content}</script>
{DRAW}"""
    return shell(story, around, head=head, body=body)
