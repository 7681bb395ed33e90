"""The names of the traits, in the order in which they are measured; the model is trained on these."""


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


KIN_NAMES = _names(
    "tag depth below_main beside_main parent_share parent_paragraphs grand_share grand_paragraphs great_share "
    "parent_links grand_links same_share same_count same_links same_mean hidden article_rank page_blocks page_mass "
    "main_share in_main around_hidden around_recirculation around_teaser around_sidebar around_biography around_box "
    "around_lead around_media around_tags around_caption around_comment around_body around_table around_figure "
    "around_form around_details around_item own_body doubts"
)
"""Shared by a block's kin: blocks of the same tag and class in the same element."""
OWN_NAMES = _names(
    "size link_density node_share node_links main_position mass_before mass_after from_first from_last h1_distance "
    "previous_same next_size next_links next_same ends_sentence words "
    "previous_size previous_links since_picture marks all_marked twins notices"
)
"""A block's own."""
NAMES = KIN_NAMES + OWN_NAMES
