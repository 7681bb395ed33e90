"""Items held against a corpus: means of the measures, by data set."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.scoring import measures

Row = Mapping[str, Any]
Scores = dict[str, dict[str, float]]
"""Data set → measure → mean. Related links are pooled over all sets and stand under 'related'."""

NOT_COUNTED = "recommended"
"""Kind of known links that are neither hits nor misses."""
ORDER = (
    "body_precision", "body_recall", "body_f1", "body_exact", "word_f1", "title_exact", "title_shown", "authors_exact",
    "authors_f1", "date_day", "date_instant",
)  # fmt: skip


def score(gold: Sequence[Row], items: Mapping[str, Row], related: Sequence[Row] = ()) -> Scores:
    """The means over the known pages; a page without an item scores 0 in each measure that it has."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in gold:
        for name, value in measured(row, items.get(row["url"])):
            found[row["dataset"]][name].append(float(value))
    scores = {dataset: _means(values) for dataset, values in sorted(found.items())}
    if related:
        scores["related"] = related_scores(related, items)
    return scores


def measured(row: Row, item: Row | None) -> Iterator[tuple[str, float]]:
    """Each measure of one page that its known fields allow."""
    got = item or {}
    if "page_type" in row:
        is_article = row["page_type"] == "article"
        yield f"kind_ok_{row['page_type']}", (item is not None and got.get("kind") != "other") == is_article
        if not is_article:
            return
        yield "word_f1", measures.word_f1(row["body"], got.get("body"))
    elif row.get("body"):
        yield from _body(row, got.get("body"))
    if row.get("title"):
        title = got.get("title")
        yield "title_exact", measures.title_exact(row["title"], title)
        yield "title_shown", measures.title_shown(row["title"], title, row.get("h1s") or ())
    if row.get("authors") is not None:
        wanted, named = measures.names(row["authors"]), measures.names(got.get("authors"))
        yield "authors_exact", wanted == named
        yield "authors_f1", measures.Overlap.of(wanted, named).f1
    if row.get("date"):
        yield "date_day", measures.same_day(row["date"], got.get("date_published"))
        instant = measures.same_instant(row["date"], got.get("date_published"))
        if instant is not None:
            yield "date_instant", instant


def _body(row: Row, body: str | None) -> Iterator[tuple[str, float]]:
    golds = [row["body"], *filter(None, [row.get("body_without_summary")])]
    overlap, exact = measures.body(golds, body)
    if measures.words(body):  # the benchmark leaves empty answers out of the precision
        yield "body_precision", overlap.precision
    yield "body_recall", overlap.recall
    yield "body_page_f1", overlap.f1
    yield "body_exact", exact


def _means(values: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """The means; the body's F1 is that of mean precision and mean recall, as the benchmark has it."""
    means = {name: statistics.fmean(found) for name, found in values.items()}
    if "body_precision" in means:
        means["body_f1"] = measures.harmonic(means["body_precision"], means["body_recall"])
    return means


@dataclass(slots=True)
class _Pool:
    """Links of all pages together."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, known: Mapping[Any, str], got: Mapping[Any, str | None]) -> None:
        """Count the links of a page, known and found, each with its kind."""
        for key, kind in got.items():
            if key not in known:
                self.counts["extra"] += 1
            elif known[key] != NOT_COUNTED:
                self.counts["hits"] += 1
                self.counts["right kind"] += known[key] == kind
        self.counts["missed"] += sum(key not in got for key, kind in known.items() if kind != NOT_COUNTED)


def related_scores(related: Sequence[Row], items: Mapping[str, Row]) -> dict[str, float]:
    """Precision, recall and F1 of related links by address, and the share of the hits that have the right kind."""
    pool = _Pool()
    for row in related:
        found = items.get(row["url"], {}).get("related_links") or ()
        known = {measures.link_key(link["url"]): link["kind"] for link in row["related"]}
        pool.add(known, {measures.link_key(link["url"]): link.get("kind") for link in found})
    counts = pool.counts
    overlap = measures.Overlap(counts["hits"], counts["extra"], counts["missed"])
    kind = counts["right kind"] / counts["hits"] if counts["hits"] else 0.0
    return {"precision": overlap.precision, "recall": overlap.recall, "f1": overlap.f1, "kind": kind}


def under(scores: Scores, floors: Mapping[str, Mapping[str, float]]) -> list[str]:
    """A line for each measure that is under its floor, or that has a floor and was not measured."""
    return [
        f"{dataset} {name}: {scores.get(dataset, {}).get(name, 0.0):.4f}, at least {floor} wanted"
        for dataset, wanted in floors.items()
        for name, floor in wanted.items()
        if round(scores.get(dataset, {}).get(name, 0.0), 4) < floor
    ]


def table(scores: Scores) -> str:
    """The scores as lines of text."""
    lines = []
    for dataset, found in scores.items():
        names = [name for name in ORDER if name in found] + sorted(found.keys() - {*ORDER, "body_page_f1"})
        lines += [dataset, *(f"    {name:24} {found[name]:.4f}" for name in names)]
    return "\n".join(lines)
