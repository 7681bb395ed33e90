"""What changed between two captures of an article: which fields, which words, and what kind of change it is. Pure."""

from crawler.changes.change import Change, compare
from crawler.changes.fields import FieldChange, field_changes
from crawler.changes.kinds import KINDS, Kind
from crawler.changes.rows import paragraphs
from crawler.changes.words import Part, word_changes

__all__ = ["KINDS", "Change", "FieldChange", "Kind", "Part", "compare", "field_changes", "paragraphs", "word_changes"]
