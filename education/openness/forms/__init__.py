"""Forms of what is open to the people, by noun."""

from education.openness.forms.comments import COMMENT_ACTS, COMMENT_DONE, CommentActForm, CommentForm
from education.openness.forms.pieces import ACTS, DONE, LABELS, ActForm, PieceForm
from education.openness.forms.pledges import (
    PLEDGE_ACTS,
    PLEDGE_DONE,
    DeedForm,
    EndPostForm,
    NoteForm,
    PledgeForm,
    PostForm,
    RewriteForm,
)

__all__ = [
    "ACTS",
    "COMMENT_ACTS",
    "COMMENT_DONE",
    "DONE",
    "LABELS",
    "PLEDGE_ACTS",
    "PLEDGE_DONE",
    "ActForm",
    "CommentActForm",
    "CommentForm",
    "DeedForm",
    "EndPostForm",
    "NoteForm",
    "PieceForm",
    "PledgeForm",
    "PostForm",
    "RewriteForm",
]
