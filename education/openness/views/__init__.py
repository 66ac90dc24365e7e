"""Pages of what is open to the people."""

from education.openness.views.comments import comment, comment_act, comment_new, comments
from education.openness.views.pieces import piece, piece_act, piece_edit, piece_file, piece_new
from education.openness.views.pledges import (
    board,
    deed_file,
    identity,
    judging,
    pledge,
    pledge_act,
    pledge_new,
    pledges,
    post_end,
    post_new,
)
from education.openness.views.walls import catalogue, disclosures, exemplars

__all__ = [
    "board",
    "catalogue",
    "comment",
    "comment_act",
    "comment_new",
    "comments",
    "deed_file",
    "disclosures",
    "exemplars",
    "identity",
    "judging",
    "piece",
    "piece_act",
    "piece_edit",
    "piece_file",
    "piece_new",
    "pledge",
    "pledge_act",
    "pledge_new",
    "pledges",
    "post_end",
    "post_new",
]
