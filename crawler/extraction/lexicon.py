"""Word lists as the rules keep them: one string of words each."""


def words(text: str) -> frozenset[str]:
    """The words of a list that is written as one string."""
    return frozenset(text.split())


def phrases(text: str) -> frozenset[str]:
    """The phrases of a list that is written as one string, set apart by semicolons."""
    return frozenset(" ".join(phrase.split()) for phrase in text.split(";"))
