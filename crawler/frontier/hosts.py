"""Hosts whose validators lied about articles: an article had changed, and its ETag or Last-Modified had not."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import sqlalchemy as sa

from crawler.frontier.rows import upsert
from crawler.frontier.tables import HOSTS


class Hosts:
    """The hosts of a site that are not believed; what is found is written at once, and never forgotten."""

    def __init__(
        self, engine: sa.Engine, database: Callable[[], AbstractContextManager[sa.Connection]], site: str
    ) -> None:
        self._engine = engine
        self._database = database
        self._site = site
        with database() as connection:
            known = connection.execute(sa.select(HOSTS.c.host).where(HOSTS.c.site == site)).scalars()
            self.distrusted = set(known)

    def distrust(self, host: str, url: str, moment: str) -> None:
        """Note that a host lied about an article."""
        if host in self.distrusted:
            return
        self.distrusted.add(host)
        with self._database() as connection, connection.begin():
            row = {"site": self._site, "host": host, "url": url, "since": moment}
            connection.execute(upsert(self._engine, HOSTS, kept={"since"}), row)
