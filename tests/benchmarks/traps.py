"""Pages whose size or build could be a trap: much ordinary markup, and what is not ordinary."""

MEGABYTE = 10**6
WORDS = (
    "The harbour master said on Monday that the ferry to Varnholm would run in all weathers until the end of the year."
)


def ordinary(size: int) -> bytes:
    """A long story as newspapers mark it up, with subheadings, lists, pictures, links in its prose, and teasers."""
    parts: list[str] = []
    length = number = 0
    while length < size:
        number += 1
        parts.append(_part(number))
        length += len(parts[-1])
    return page("".join(parts))


def _part(number: int) -> str:
    match number % 12:
        case 3:
            return f"<h2 class='story__subhead'>What happened on day {number}</h2>\n"
        case 6:
            return f"<ul class='facts'><li>Lamp {number}: lit</li><li>Lamp {number + 1}: <em>not</em> lit</li></ul>\n"
        case 8:
            caption = f"The northern quay on day {number}."
            return f"<figure><img src='/media/{number}.jpg'><figcaption>{caption}</figcaption></figure>\n"
        case 10:
            link = f"/2031/03/02/harbour-master-counts-lamp-{number}"
            return f"<aside class='teaser'><a href='{link}'>Harbour master counts lamp {number}</a></aside>\n"
    return f"<p class='story__text'>{WORDS} It was <a href='/day/{number}'>day {number}</a>. {WORDS} {WORDS}</p>\n"


def page(body: str, head: str = "") -> bytes:
    """The page around a story."""
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>Harbour master counts lamps</title>"
        f"{head}</head><body><article><h1>Harbour master counts lamps</h1>\n{body}</article></body></html>"
    ).encode()


def traps(scale: float = 1.0) -> dict[str, bytes]:
    """Name → page; at a tenth of the scale, pages of the same build and a tenth of the size."""
    many = int(100_000 * scale)
    story = f"<p>{WORDS}"
    code = "var lamp = {lit: true, day: 7};" * int(160_000 * scale)
    data = ",".join([LAMP] * int(50_000 * scale))
    return {
        "10 MB of ordinary markup": ordinary(int(10 * MEGABYTE * scale)),
        "100,000 elements in each other": page("<div>" * many + story),
        "100,000 inline elements in each other": page("<b>" * many + WORDS),
        "100,000 siblings": page("".join(f"<p>{WORDS[:50]} {number}</p>" for number in range(many))),
        "100,000 links": page("".join(f"<a href=/{number}>{number}</a> " for number in range(many))),
        "100,000 related links": page(story * 9 + "".join(RELATED.format(number) for number in range(many))),
        "5 MB of script": page(story, f"<script>{code}</script>"),
        "5 MB of JSON in a script": page(story, f'<script type="application/ld+json">[{data}]</script>'),
    }


RELATED = (
    "<p>Related article: <a href='/2031/03/02/harbour-master-counts-lamp-{0}'>Harbour master counts lamp {0}</a></p>"
)
LAMP = '{"@type": "Thing", "name": "lamp", "datePublished": "2031-03-02", "url": "https://news.example/lamps/7"}'
