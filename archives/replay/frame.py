"""The frame around a replayed page: when it was captured, and the way back."""

import html

_FRAME = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Archived page</title>
<style>
html, body { height: 100%; margin: 0; }
body { display: flex; flex-direction: column; font: 15px/1.4 system-ui, "Liberation Sans", sans-serif; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .2rem 1.2rem; padding: .5rem 1rem; color: #fff;
  background: #8c2f1b; }
header a { color: inherit; }
header a:focus-visible { outline: 3px solid #fff; outline-offset: 2px; }
header b { font-family: Georgia, "Liberation Serif", serif; font-size: 1.05rem; }
#url { flex: 1 1 12rem; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; opacity: .85; }
iframe { flex: 1; width: 100%; border: 0; background: #fff; }
[hidden] { display: none; }
@media (max-width: 40rem) { #url { display: none; } header { font-size: 13px; gap: .1rem .8rem; } }
</style>
<script src="{{ static_prefix }}/wb_frame.js"></script>
</head>
<body>
<header role="banner">
<b>Archived page</b> <span hidden>captured <time id="time"></time> UTC</span> <span id="url"></span>
<a id="back" href="@HOME@/at?in={{ coll|urlencode }}&amp;url={{ url|string|urlencode }}">Back to the reading room</a>
</header>
<iframe id="replay_iframe" title="The page as it was captured" allow="autoplay; fullscreen"></iframe>
<script>
const home = {{ "@HOME@"|tojson }}, collection = {{ coll|tojson }};
const show = (url, stamp) => {
  const [, date, rest] = /^(\\d{8})(\\d{0,6})/.exec(stamp || "") || [null, "", ""];
  const time = document.getElementById("time");
  time.parentElement.hidden = !date;
  time.textContent = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)} ${(rest.match(/../g) || []).join(":")}`;
  document.getElementById("url").textContent = url;
  document.getElementById("back").href = `${home}/at?${new URLSearchParams({ in: collection, url })}`;
};
window.WBBanner = {
  init() {},
  stillIndicatesLoading: () => false,
  updateCaptureInfo: show,
  onMessage(event) {
    const told = event.data;
    if (told.wb_type === "load" || told.wb_type === "replace-url") show(told.url, told.ts || told.request_ts);
    if (told.wb_type === "title") document.title = `${told.title} (archived)`;
  },
};
show({{ url|string|tojson }}, {{ (wb_url.timestamp or "")|tojson }});
new ContentFrame({ url: {{ url|string|tojson }} + window.location.hash, prefix: {{ wb_prefix|tojson }},
  request_ts: {{ (wb_url.timestamp or "")|tojson }}, iframe: "#replay_iframe" });
</script>
</body>
</html>
"""


NOT_FOUND = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Not archived</title>
<style>
body { max-width: 36rem; margin: 18vh auto 0; padding: 0 1.5rem; text-align: center;
  font: 1rem/1.55 system-ui, "Liberation Sans", sans-serif; }
h1 { font: 600 2rem/1.2 Georgia, "Liberation Serif", serif; margin: 0 0 .5rem; }
b { overflow-wrap: anywhere; }
</style>
</head>
<body>
<h1>Not archived</h1>
<p><b>{{ url|e }}</b></p>
<p>There is no capture of this address here. What a page leads to or is made of is there where a crawl asked for it.</p>
</body>
</html>
"""
"""The template of what is shown in the place of a page that is not there."""


def frame_back_to(home: str) -> str:
    """The template of the frame, with the way back to a reading room at an address."""
    return _FRAME.replace("@HOME@", html.escape(home.rstrip("/"), quote=True))
