"""The names of the traits, in the order in which they are measured; the model is trained on these."""


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


NEAR = _names("caption body date byline lead tags teaser box quote")
"""Class words of the block's own element."""
ABOVE = _names(
    "comment caption teaser tags box widget consent share media date hidden navigation sidebar lead promotion "
    "embed byline related body biography recirculation advertising"
)
"""Class words of any element around the block."""
AROUND = _names("article main aside footer header figure form blockquote ul ol table section")
"""Tags of any element around the block."""
KIN_NAMES = (
    *_names(
        "tag depth below_main beside_main parent_share parent_paragraphs grand_share grand_paragraphs great_share "
        "parent_links grand_links same_share same_count same_links same_mean hidden article_rank page_blocks "
        "page_mass main_share"
    ),
    *(f"near_{sign}" for sign in NEAR),
    *(f"above_{sign}" for sign in ABOVE),
    *(f"in_{tag}" for tag in AROUND),
)
"""Shared by a block's kin: blocks of the same tag and class in the same element."""
OWN_NAMES = _names(
    "size link_density link_count node_share node_paragraphs node_links page_position main_position "
    "mass_before mass_after from_first from_last h1_distance h1_count previous_size previous_links "
    "previous_tag previous_same next_size next_links next_tag next_same since_paragraph until_paragraph "
    "ends_sentence ends_colon lines words is_title is_description repeated inline_caption inline_byline "
    "inline_date inline_tags"
)
"""A block's own."""
NAMES = KIN_NAMES + OWN_NAMES
