"""What the commands do, callable without them: a crawl, an extraction, a comparison, a recovery, the demo."""
