"""Thin Scrapy adapters: a fetched page becomes an article field by field, is told from its doubles, is committed."""
