"""Filler text: what stands in a page for prose that it does not show, as where a paywall blurs it."""

import re

from crawler.extraction.lexicon import words

_CICERO = words(
    "sed ut perspiciatis unde omnis iste natus error sit voluptatem accusantium doloremque laudantium totam rem "
    "aperiam eaque ipsa quae ab illo inventore veritatis et quasi architecto beatae vitae dicta sunt explicabo "
    "nemo enim ipsam quia voluptas aspernatur aut odit fugit consequuntur magni dolores eos qui ratione sequi "
    "nesciunt neque porro quisquam est dolorem ipsum dolor amet consectetur adipisci velit non numquam eius modi "
    "tempora incidunt labore dolore magnam aliquam quaerat ad minima veniam quis nostrum exercitationem ullam "
    "corporis suscipit laboriosam nisi aliquid ex ea commodi consequatur autem vel eum iure reprehenderit in "
    "voluptate esse quam nihil molestiae illum fugiat quo nulla pariatur at vero accusamus iusto odio dignissimos "
    "ducimus blanditiis praesentium voluptatum deleniti atque corrupti quos quas molestias excepturi sint "
    "occaecati cupiditate provident similique culpa officia deserunt mollitia animi id laborum dolorum fuga harum "
    "quidem rerum facilis expedita distinctio nam libero tempore cum soluta nobis eligendi optio cumque impedit "
    "minus quod maxime placeat facere possimus assumenda repellendus temporibus quibusdam officiis debitis "
    "necessitatibus saepe eveniet voluptates repudiandae recusandae itaque earum hic tenetur a sapiente delectus "
    "reiciendis voluptatibus maiores alias perferendis doloribus asperiores repellat lorem adipiscing elit do "
    "eiusmod tempor incididunt magna aliqua minim nostrud exercitation ullamco laboris aliquip commodo duis irure "
    "cillum eu excepteur occaecat cupidatat proident mollit anim"
)
"""Cicero, De finibus 1.32 f., and what typesetters made of it."""
_WORD = re.compile(r"[a-z]+")
_SHORTEST = 40
_MOST_OTHER = 0.2


def is_filler(text: str) -> bool:
    """Whether a text is made of the words of typesetters' Latin."""
    if not (" et " in text or " qui " in text or "ipsum" in text) or len(text) < _SHORTEST or not text.isascii():
        return False
    found = _WORD.findall(text.lower())
    return sum(word not in _CICERO for word in found) <= _MOST_OTHER * len(found)
