"""Pages that stand where a story should: a polite not-found, a consent wall, a challenge, teasers of other stories."""

from crawler.newsroom.edition import Edition
from crawler.newsroom.families.around import text
from crawler.newsroom.lists import frame


def soft_404(edition: Edition) -> bytes:
    """Says that nothing is here, with status 200."""
    body = """<main class="plain"><h1>Page not found</h1>
<p>Sorry, the page you were looking for could not be found. It may have been moved or deleted.</p>
<p><a href="/">Back to the front page</a></p></main>"""
    return frame(edition.plain_around(), "en", "Page not found", body).encode()


def teasers(edition: Edition) -> bytes:
    """What an old address shows once its story is gone: the newest headlines, with status 200."""
    found = [edition.teaser(plan) for plan in edition.plans if plan.language == "en"][:12]
    items = "\n".join(
        f'<li><a href="{text(one.url)}">{text(one.title)}</a> <span>{text(one.section)}</span></li>' for one in found
    )
    body = f'<main class="list"><h1>Latest from The Selmark Courier</h1>\n<ul>{items}</ul></main>'
    return frame(edition.plain_around(), "en", "Latest news", body).encode()


def consent() -> bytes:
    """Asks before it shows anything."""
    return b"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Before you continue to The Selmark Courier</title>
<meta name="robots" content="noindex">
<link rel="stylesheet" href="/assets/paper.css">
</head>
<body class="consent">
<main id="consent-wall" class="consent-wall" role="dialog" aria-label="Cookie consent">
<h1>Before you continue</h1>
<p>We and our 214 partners use cookies and process personal data to measure how many people read this newspaper.
You can accept all cookies or manage your choices.</p>
<form method="post" action="/login"><button name="consent" value="all">Accept all</button>
<button name="consent" value="none">Reject all</button> <button name="consent" value="some">Manage choices</button></form>
<p><a href="/about">Privacy policy</a></p>
</main>
</body>
</html>
"""


def challenge() -> bytes:
    """Wants to know whether the reader is a person."""
    return b"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Just a moment...</title>
<meta name="robots" content="noindex,nofollow">
</head>
<body>
<div class="challenge" id="challenge-form">
<h1>Checking your browser before you enter selmark</h1>
<noscript><p>Please enable JavaScript and cookies to continue.</p></noscript>
<p>This process is automatic. You will be let through in a few seconds.</p>
<p>Reference: 51e1-0000</p>
</div>
<script>window.setTimeout(function () { window.location.reload(); }, 4000);</script>
</body>
</html>
"""
