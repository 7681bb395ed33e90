"""Searching: which articles, in what order, and where the words stand in them."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import BindParameter, Connection, Row, TextClause, bindparam, func, select, text

from archives.catalog import Catalog
from archives.search.index import indexed
from archives.search.marks import Marks
from archives.search.query import Query
from archives.search.tables import documents_table, labels_table
from archives.search.text_index import text_index
from archives.search.wanted import Wanted

MOST = 300
"""Hits that are ranked; if there are more, those with the words in the title come first, then the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that was found."""

    number: int
    """The article's key in the catalog."""
    site: str | None
    moment: str
    """When it came out, as UTC or as a day; or else when it was first captured."""
    captured: str
    """When its last revision was captured."""
    changed: str | None
    """The same, if there was a revision before."""
    card: dict[str, Any]
    """`url`, `title`, `byline`, `date`, `section`, `language`, `lead`, `image`, `revision`, `record_id`."""
    title: str | None = None
    """With `BEGIN` and `END` of `marks` around found words; None, if nothing was searched for."""
    snippet: str | None = None
    """Where the words stand, likewise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What was found."""

    total: int
    more: bool
    """Whether there are more than `total`, which were not looked at."""
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """An author, section or tag, and of how many articles."""

    label: str
    articles: int


class Search:
    """Searches one catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        with catalog.reading():
            self.possible = indexed(catalog.engine)
            """Whether the catalog has an index."""

    def find(self, wanted: Wanted, *, start: int = 0, most: int = 20) -> Results:
        """The hits from number `start` on."""
        if not self.possible or wanted.hopeless:
            return Results(total=0, more=False, hits=())
        with self._catalog.reading() as connection:
            if (query := wanted.query) is None:
                return _browse(connection, wanted, start, most)
            text_index(connection).begin(connection)
            found, more = _ranked(connection, wanted, query)
            hits = tuple(_marked(connection, query, found[start : start + most]))
        return Results(total=len(found), more=more, hits=hits)

    def changed(self, wanted: Wanted, *, most: int, among: Collection[int] | None = None) -> list[int]:
        """Keys of the articles that were seen to change last, or of some that are named, as far as they are wanted."""
        if not self.possible or wanted.hopeless:
            return []
        with self._catalog.reading() as connection:
            return _changed(connection, wanted, most, among)

    def labels(self, kind: str, *, site: str | None = None, most: int = 500) -> list[Label]:
        """Authors, sections or tags, those with the most articles first."""
        if not self.possible:
            return []
        count = func.count().label("articles")
        query = select(func.min(labels_table.c.label).label("label"), count).where(labels_table.c.kind == kind)
        if site is not None:
            of_site = documents_table.c.id == labels_table.c.document
            query = query.join_from(labels_table, documents_table, of_site).where(documents_table.c.site == site)
        query = query.group_by(labels_table.c.folded).order_by(count.desc(), "label").limit(most)
        with self._catalog.reading() as connection:
            return [Label(label=row.label, articles=row.articles) for row in connection.execute(query)]

    def sites(self) -> dict[str | None, int]:
        """Site → how many articles."""
        if not self.possible:
            return {}
        of = documents_table.c.site
        query = select(of, func.count()).group_by(of).order_by(func.count().desc())
        with self._catalog.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def choices(self, column: Literal["site", "language"]) -> list[str]:
        """The sites or languages that articles have, in order; found without looking at each article."""
        if not self.possible:
            return []
        with self._catalog.reading() as connection:
            return list(connection.execute(_CHOICES[column]).scalars())

    def freshest(self) -> list[str]:
        """The sites, that first whose last article came out last; found likewise."""
        if not self.possible:
            return []
        with self._catalog.reading() as connection:
            return list(connection.execute(_FRESHEST).scalars())

    def newest(self, site: str, *, most: int) -> tuple[Hit, ...]:
        """The articles of a site that came out last."""
        if not self.possible:
            return ()
        with self._catalog.reading() as connection:
            return _newest(connection, Wanted(site=site), 0, most)

    def days(self, site: str | None, *, since: str = "") -> dict[str, int]:
        """Day in UTC → how many articles came out, in order."""
        if not self.possible:
            return {}
        of = documents_table.c
        query = select(of.day, func.count()).where(of.site == site, of.day >= since).group_by(of.day).order_by(of.day)
        with self._catalog.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def waiting(self) -> int:
        """Articles that are new or have changed since they were indexed."""
        if not self.possible:
            return 0
        with self._catalog.reading() as connection:
            return int(connection.execute(text("SELECT count(*) FROM search_stale")).scalar_one())


def _choices(column: str) -> TextClause:
    """From one value to the next in the index, instead of through all rows (https://sqlite.org/lang_with.html)."""
    first = f"SELECT min({column}) FROM search_documents"  # noqa: S608  # a name of ours
    following = f"SELECT ({first} WHERE {column} > value) FROM found WHERE value IS NOT NULL"  # noqa: S608  # likewise
    found = f"WITH RECURSIVE found(value) AS ({first} UNION ALL {following})"
    return text(f"{found} SELECT value FROM found WHERE value IS NOT NULL")  # noqa: S608  # likewise


_CHOICES = {column: _choices(column) for column in ("site", "language")}
_LAST_OF_IT = "SELECT max(moment) FROM search_documents WHERE site = value"
_FRESHEST = text(f"{_CHOICES['site']} ORDER BY ({_LAST_OF_IT}) DESC, value")


def _browse(connection: Connection, wanted: Wanted, start: int, most: int) -> Results:
    where, values = _where(wanted)
    counted = f"SELECT count(*) FROM (SELECT 1 FROM search_documents d {where} LIMIT :most) AS counted"  # noqa: S608  # names of ours
    total = connection.execute(text(counted), {**values, "most": _COUNTED}).scalar_one()
    return Results(total=total, more=total == _COUNTED, hits=_newest(connection, wanted, start, most))


def _newest(connection: Connection, wanted: Wanted, start: int, most: int) -> tuple[Hit, ...]:
    where, values = _where(wanted)
    order = "d.changed" if wanted.changed_since else "d.moment"
    found = f"SELECT d.* FROM search_documents d {where} ORDER BY {order} DESC, d.id DESC LIMIT :most OFFSET :start"  # noqa: S608  # likewise
    return tuple(
        _hit(row) for row in connection.execute(text(found), {**values, "most": most, "start": start}).mappings()
    )


def _where(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    clauses, values = wanted.conditions()
    return f"WHERE {' AND '.join(clauses)}" if clauses else "", values


_COUNTED = 10_000
"""Articles that are counted, where nothing is searched for."""


def _changed(connection: Connection, wanted: Wanted, most: int, among: Collection[int] | None) -> list[int]:
    clauses, values = wanted.conditions()
    clauses.append("d.changed IS NOT NULL" if among is None else "d.id IN :among")
    joined = ""
    if (query := wanted.query) is not None:
        index = text_index(connection)
        index.begin(connection)
        joined, values["match"] = f"JOIN search_text ON d.id = {index.key}", index.match(query)
        clauses.append(index.matches)
    last = "ORDER BY d.changed DESC, d.id DESC LIMIT :most"
    found = text(f"SELECT d.id FROM search_documents d {joined} WHERE {' AND '.join(clauses)} {last}")  # noqa: S608  # names of ours
    if among is not None:
        found = found.bindparams(bindparam("among", list(among), expanding=True))
    return list(connection.execute(found, {**values, "most": most}).scalars())


def _ranked(connection: Connection, wanted: Wanted, query: Query) -> tuple[list[int], bool]:
    """Keys of articles in the order wanted, and whether there are more."""
    by_date = wanted.order == "date"
    found = _matching(connection, wanted, query, by="d.moment" if by_date else "0")
    more = len(found) > MOST
    if by_date:
        return [row.id for row in sorted(found[:MOST], key=lambda row: (row.value, row.id), reverse=True)], more
    if not more:
        ranked = _matching(connection, wanted, query, by=text_index(connection).rank)
        return [row.id for row in sorted(ranked, key=lambda row: row.value)], more
    in_title = _matching(connection, wanted, query.in_title())
    return list(dict.fromkeys(row.id for row in (*in_title[:MOST], *found[:MOST]))), more


_FOUND = "SELECT {key} AS id, {by} AS value FROM search_text{joined} WHERE {conditions} ORDER BY {newest} LIMIT :most"
_DOCUMENTS = "SELECT d.*, title, body FROM search_documents d JOIN search_text ON d.id = {key} WHERE d.id IN :found"
_ANY_OF: BindParameter[list[int]] = bindparam("found", expanding=True)
_JOINED = " JOIN search_documents d ON d.id = {key}"


def _matching(connection: Connection, wanted: Wanted, query: Query, *, by: str = "0") -> Sequence[Row[Any]]:
    """Key and another value of articles, those first that came last into the catalog."""
    index = text_index(connection)
    clauses, values = wanted.conditions()
    joined = _JOINED.format(key=index.key) if clauses or by.startswith("d.") else ""
    conditions = " AND ".join([index.matches, *clauses])
    found = _FOUND.format(key=index.key, by=by, joined=joined, conditions=conditions, newest=index.newest)
    return connection.execute(text(found), {**values, "match": index.match(query), "most": MOST + 1}).all()


def _marked(connection: Connection, query: Query, found: Sequence[int]) -> Iterator[Hit]:
    if found:
        titles, bodies = Marks(query, "title"), Marks(query, "body")
        wanted = _DOCUMENTS.format(key=text_index(connection).key)
        rows = connection.execute(text(wanted).bindparams(_ANY_OF), {"found": found}).mappings()
        documents = {row["id"]: row for row in rows}
        for row in (documents[number] for number in found if number in documents):
            yield _hit(row, title=titles.whole(row["title"]), snippet=bodies.snippet(row["body"]))


def _hit(row: Any, **marked: str) -> Hit:  # noqa: ANN401  # a row by its columns' names
    return Hit(
        number=row["id"],
        site=row["site"],
        moment=row["moment"],
        captured=row["captured"],
        changed=row["changed"],
        card=json.loads(row["card"]),
        **marked,
    )
