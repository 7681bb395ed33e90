"""Numbers of things in a sentence."""


def counted(number: int, noun: str) -> str:
    """'1 article', '1,200 articles'."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
