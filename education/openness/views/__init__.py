"""Pages of what is open to the people."""

from education.openness.views.comments import comment, comment_act, comment_new, comments
from education.openness.views.pieces import piece, piece_act, piece_edit, piece_file, piece_new
from education.openness.views.walls import catalogue, disclosures, exemplars

__all__ = [
    "catalogue",
    "comment",
    "comment_act",
    "comment_new",
    "comments",
    "disclosures",
    "exemplars",
    "piece",
    "piece_act",
    "piece_edit",
    "piece_file",
    "piece_new",
]
