from django.urls import path

from education.openness import views

app_name = "openness"
urlpatterns = [
    path("exemplars/", views.exemplars, name="exemplars"),
    path("disclosures/", views.disclosures, name="disclosures"),
    path("catalogue/", views.catalogue, name="catalogue"),
    path("pieces/new/", views.piece_new, name="piece_new"),
    path("pieces/<uuid:uid>/", views.piece, name="piece"),
    path("pieces/<uuid:uid>/edit/", views.piece_edit, name="piece_edit"),
    path("pieces/<uuid:uid>/files/<uuid:file>/", views.piece_file, name="piece_file"),
    path("pieces/<uuid:uid>/comments/new/", views.comment_new, name="comment_new"),
    path("pledges/", views.pledges, name="pledges"),
    path("pledges/new/", views.pledge_new, name="pledge_new"),
    path("pledges/judging/", views.judging, name="judging"),
    path("pledges/board/", views.board, name="board"),
    path("pledges/members/<uuid:uid>/", views.identity, name="identity"),
    path("pledges/posts/new/", views.post_new, name="post_new"),
    path("pledges/posts/<uuid:uid>/end/", views.post_end, name="post_end"),
    path("pledges/deeds/<uuid:uid>/files/<uuid:file>/", views.deed_file, name="deed_file"),
    path("pledges/<uuid:uid>/", views.pledge, name="pledge"),
    path("pledges/<uuid:uid>/<slug:act>/", views.pledge_act, name="pledge_act"),
    path("comments/", views.comments, name="comments"),
    path("comments/<uuid:uid>/", views.comment, name="comment"),
    path("comments/<uuid:uid>/<slug:act>/", views.comment_act, name="comment_act"),
    path("pieces/<uuid:uid>/<slug:act>/", views.piece_act, name="piece_act"),
]
