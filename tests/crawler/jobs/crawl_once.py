"""`crawl_once.py COLLECTION TARGET…`: one crawl, with options as JSON on standard input; prints its summary as JSON."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from crawler.jobs.run import crawl

if __name__ == "__main__":
    told = []
    summary = crawl(
        sys.argv[2:],
        collection=Path(sys.argv[1]),
        allow_private=True,
        progress=told.append,
        items=Path("out.jsonl"),
        settings={"DOWNLOAD_DELAY": 0, "NEWSWARC_RETRY_BACKOFF": 0.05},
        **json.load(sys.stdin),
    )
    print(json.dumps({**asdict(summary), "told": [asdict(one) for one in told[-1:]]}, default=str))
