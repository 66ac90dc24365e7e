from django.urls import path

from partyportal.core import parts, views

app_name = "core"
urlpatterns = [
    path("login/", views.login, name="login"),
    path("logout/", views.logout, name="logout"),
    path("password/", views.password, name="password"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/close/", views.token_close, name="token_close"),
    path("large-text/", views.large_text, name="large_text"),
    path("more/", parts.more, name="more"),
    path("parts/", parts.parts, name="parts"),
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/<uuid:uid>/", views.job, name="job"),
    path("jobs/<uuid:uid>/cancel/", views.job_cancel, name="job_cancel"),
    path("jobs/<uuid:uid>/again/", views.job_again, name="job_again"),
    path("settings/", views.settings_page, name="settings"),
    path("notices/", views.notices, name="notices"),
    path("notices/<uuid:uid>/", views.notice, name="notice"),
]
