"""`python -m crawler` is the `newswarc` command."""

from crawler.cli import main

main()
