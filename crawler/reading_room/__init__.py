"""The reading room: a small web application in which archived articles are found, read, compared and replayed.

It shows what is in collections and changes nothing there. Nothing of an archived page runs here: text is escaped,
pictures are the only archived bytes that are given out to be shown, and replay is another server's, at another origin.
"""

from crawler.reading_room.app import make_app
from crawler.reading_room.library import Library
from crawler.reading_room.room import Room

__all__ = ["Library", "Room", "make_app"]
