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
    path("comments/", views.comments, name="comments"),
    path("comments/<uuid:uid>/", views.comment, name="comment"),
    path("comments/<uuid:uid>/<slug:act>/", views.comment_act, name="comment_act"),
    path("pieces/<uuid:uid>/<slug:act>/", views.piece_act, name="piece_act"),
]
