"""A publisher's appeals for money: boxes that their classes call so or that tell a bank account, and closing words."""

import re
from collections.abc import Callable
from functools import lru_cache

from crawler.extraction.blocks import Block, Node
from crawler.extraction.choice import Choice

_APPEAL = re.compile(
    r"(?:^|[\s_-])(?:contribute|donat(?:e|ion|ions)|support-us|appeal|spendenaufruf)(?:[\s_-]|$)", re.IGNORECASE
)
"""Class words of a publisher's own appeals for money."""
_ACCOUNT = re.compile(r"[A-Z](?<!\w[A-Z])[A-Z]\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
"""ISO 13616: an IBAN; as it begins with a capital, the search passes quickly over all else."""


_LONGEST = 500
_SUPPORT = re.compile(
    r"\b(?:please|consider|can|you)\b.{0,60}\b(?:donat(?:e|ion)|support)"
    r"|\b(?:donate|support)\b.{0,20}\b(?:us|our|it)\b|\bto support (?:local|independent|quality|public) journalism"
    r"|as little as [$£€]\d|\b(?:unterstützen|spenden) sie\b|\b(?:faites? un don|soutenez)\b"
    r"|\b(?:haz|haga) (?:una|tu) dona|\bapóy(?:a|e)(?:nos|lo)|\b(?:faça|fazer) uma doaçã|\bapoie (?:o|a|nosso)"
    r"|\b(?:sostienici|sostieni il|fai una donazione)|\bsteun ons|\bdoneer"
    r"|\b(?:stötta|støtt|støt) (?:oss|os|vår|vores)|\bwesprzyj|\bpodpořte|\bподдержите|\bпідтримайте",
    re.IGNORECASE,
)
_JOURNALISM = re.compile(
    r"\bjournalism(?:us)?\b|\bthe reporting\b|\bour (?:newsroom|work|services|readers|reporting)|\bunsere redaktion"
    r"|\bjournalisme|\brédaction\b|\bperiodismo|\bjornalismo|\bgiornalismo|\bjournalisti(?:ek|k)\b|dziennikarst|\bновинарств"
    r"|журналистик|журналістик",
    re.IGNORECASE,
)
_JOURNALISM_STEMS = (
    "journalis", "reporting", "newsroom", "our work", "our services", "our readers", "redaktion", "rédaction",
    "periodis", "jornalis", "giornalis", "dziennikarst", "новинарств", "журнал",
)  # fmt: skip
"""One of these is in every text that _JOURNALISM finds, and plain searches are fast."""


def asks_for_support(text: str) -> bool:
    """Whether a paragraph asks the reader to pay for the publisher's own work."""
    if len(text) > _LONGEST or not any(map(text.lower().__contains__, _JOURNALISM_STEMS)):
        return False
    return _SUPPORT.search(text) is not None and _JOURNALISM.search(text) is not None


def is_appeal(choice: Choice) -> Callable[[Block], bool]:
    """Whether a block stands in an appeal for money; an element around several blocks is looked at once."""
    told = _boxes_of_accounts(choice)
    clear: set[int] = set()

    def matches(block: Block) -> bool:
        if any(_holds(box, block) for box in told):
            return True
        passed = []
        for node in block.node.upwards():
            if node.index in clear:
                break
            if _names_appeal(node.classes):
                return True
            passed.append(node.index)
        clear.update(passed)
        return False

    return matches


def _boxes_of_accounts(choice: Choice) -> list[Node]:
    """Around each account beside the story's `article` or container: the outermost element without the story's opening.

    One that stands in the story's element may be a charity's, of which the story tells.
    """
    kept = choice.kept()
    accounts = [block for block in kept if _ACCOUNT.search(block.text)]
    if not accounts:
        return []
    opening = kept[0]
    own = next((node for node in opening.node.upwards() if node.tag == "article"), choice.measures.main)
    around = ([node for node in block.node.upwards() if not _holds(node, opening)] for block in accounts)
    return [nodes[-1] for nodes in around if nodes and not own.index <= nodes[0].index <= own.last]


def _holds(node: Node, block: Block) -> bool:
    return node.index <= block.node.index <= node.last


@lru_cache(maxsize=8192)
def _names_appeal(classes: str) -> bool:
    return bool(classes) and bool(_APPEAL.search(classes))
