"""Addresses of 台账."""

from django.urls import path

from education.documents import views

app_name = "documents"
urlpatterns = [
    path("", views.books, name="books"),
    path("meeting/<uuid:uid>/", views.book_meeting, name="book_meeting"),
    path("<uuid:uid>/", views.book, name="book"),
    path("<uuid:uid>/file/", views.book_file, name="book_file"),
    path("<uuid:uid>/throw/", views.book_throw, name="book_throw"),
]
