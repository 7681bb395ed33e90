"""WARC: records read from anyone's files and made of exchanges, one gzip member each."""
