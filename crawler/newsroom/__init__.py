"""The newsroom: a fictional newspaper on loopback, to try newswarc with, to test it and to load it."""

from crawler.newsroom.clock import NewsroomClock
from crawler.newsroom.newspaper import Newsroom
from crawler.newsroom.server import NewsroomError, Served
from crawler.newsroom.story import Story

__all__ = ["Newsroom", "NewsroomClock", "NewsroomError", "Served", "Story"]
