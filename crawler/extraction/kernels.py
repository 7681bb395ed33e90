"""The inner loops: compiled where the installation could compile them, else in plain Python (PEP 399).

Both give the same; the compiled ones take a third of the time.
"""

COMPILED: bool
"""Whether they are."""

try:
    from crawler.extraction.compiled.landmarks import landmarks
    from crawler.extraction.compiled.scoring import probabilities
    from crawler.extraction.compiled.texts import texts
    from crawler.extraction.compiled.trees import Trees
    from crawler.extraction.compiled.utf8 import is_utf8
    from crawler.extraction.compiled.walk import segment
except (ImportError, AttributeError, TypeError, ValueError):  # never built, or for an lxml or modules that are no more
    from crawler.extraction.boosted_trees import Trees  # type: ignore[assignment]
    from crawler.extraction.landmarks import landmarks
    from crawler.extraction.scoring import probabilities  # type: ignore[assignment]
    from crawler.extraction.texts import texts
    from crawler.extraction.utf8 import is_utf8
    from crawler.extraction.walk import segment

    COMPILED = False
else:
    COMPILED = True

__all__ = ["COMPILED", "Trees", "is_utf8", "landmarks", "probabilities", "segment", "texts"]
