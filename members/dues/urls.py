from django.urls import path

from members.dues import views

app_name = "dues"
urlpatterns = [
    path("", views.dues, name="dues"),
    path("collect/", views.collect, name="collect"),
    path("mine/", views.mine, name="mine"),
    path("bases/", views.bases, name="bases"),
    path("bases/set/", views.bases_set, name="bases_set"),
    path("bases/copy/", views.bases_copy, name="bases_copy"),
    path("bases/<uuid:uid>/", views.base, name="base"),
    path("confirm/", views.confirm, name="confirm"),
    path("confirm/all/", views.confirm_all, name="confirm_all"),
    path("confirm/<uuid:uid>/", views.collection_return, name="collection"),
    path("exemptions/", views.exemptions, name="exemptions"),
    path("exemptions/new/", views.exemption_new, name="exemption_new"),
    path("exemptions/<uuid:uid>/", views.exemption_decide, name="exemption_decide"),
    path("arrears/", views.arrears, name="arrears"),
    path("publication/", views.publication, name="publication"),
    path("import/", views.sheet_upload, name="import"),
    path("import/template/", views.sheet_template, name="sheet_template"),
    path("import/<uuid:uid>/", views.sheet, name="sheet"),
    path("import/<uuid:uid>/commit/", views.sheet_commit, name="sheet_commit"),
    path("import/<uuid:uid>/discard/", views.sheet_discard, name="sheet_discard"),
    path("members/<uuid:uid>/", views.member, name="member"),
    path("members/<uuid:uid>/pay/", views.pay, name="pay"),
    path("payments/<uuid:uid>/reverse/", views.reverse, name="reverse"),
]
