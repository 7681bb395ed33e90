"""Keeps bytes and gives them back: WARC, CDXJ, collections, verification, replay. Knows nothing of Scrapy."""
