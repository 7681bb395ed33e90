"""Articles as files for others: JSON lines and Markdown. An article here is an item as a dict, one key a field."""

from crawler.export.files import replacing
from crawler.export.jsonl import write_json_lines
from crawler.export.markdown import to_markdown, write_markdown

__all__ = ["replacing", "to_markdown", "write_json_lines", "write_markdown"]
