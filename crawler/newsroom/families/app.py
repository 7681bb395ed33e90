"""The paper's app: pages without a word of the story, which a script asks for and draws. They need a browser."""

import json

from crawler.newsroom.families import courier
from crawler.newsroom.families.around import PAPER, Around, banner, footer
from crawler.newsroom.plan import Plan
from crawler.newsroom.story import Story

PREFIX = "/app"
"""Before the path of a story's own page, it is that of its page in the app."""


def data_path(plan: Plan) -> str:
    """Where the script asks for a story."""
    return f"{PREFIX}/stories/{plan.number}.json"


def page(plan: Plan, around: Around) -> str:
    """The same for each story, but for the address that the script is to ask."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{PAPER["en"]}</title>
<link rel="icon" href="{around.base}/favicon.ico">
<link rel="stylesheet" href="{around.base}/assets/paper.css">
</head>
<body class="courier">
{banner(around, "en")}
<main id="app" data-story="{around.base}{data_path(plan)}" aria-busy="true"><p>Loading…</p></main>
<noscript><p>This page needs JavaScript.</p></noscript>
{footer(around)}
<script src="{around.base}/assets/app.js" defer></script>
</body>
</html>
"""


def data(story: Story, around: Around) -> str:
    """What the script is given: the story as its own page has it."""
    told = {
        "title": f"{story.title} - {PAPER[story.language]}",
        "head": courier.head(story, around),
        "body": courier.body(story, around),
    }
    return json.dumps(told, ensure_ascii=False)
