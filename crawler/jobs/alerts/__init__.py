"""What should not go unnoticed between runs: checks against a site's own past, incidents, and who is told.

The checks are our own rather than Spidermon's: its monitors look at one crawl as it closes, while silence, a redesign
or a rising share of challenges show only against the runs before; and an incident is told once, not with each run.
"""
