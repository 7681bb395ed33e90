"""Whoever imports this has loaded all that the extraction loads once: processes that are forked then share it."""

import gc

from crawler.extraction import extract

_PARAGRAPH = "<p>The harbour was closed on Tuesday, said Ada Lovelace, who has kept its books for nineteen years.</p>"
_PAGE = f"""<!DOCTYPE html><html lang="en"><head><title>Harbour closed</title>
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Harbour closed"}}</script></head>
<body><nav><a href="/news">News</a></nav><article><h1>Harbour closed</h1><p class="byline">By Ada Lovelace</p>
<time datetime="2031-03-02">2 March 2031</time>{_PARAGRAPH * 6}<h2>Read more</h2>
<ul><li><a href="/2031/03/01/ice-in-the-harbour">Ice in the harbour</a></li></ul></article></body></html>"""

extract(_PAGE.encode(), "https://news.example/2031/03/02/harbour-closed", "text/html; charset=utf-8")
gc.collect()  # forks need not, which would copy what they share
