from django.urls import path

from members.care import views

app_name = "care"
urlpatterns = [
    path("condolences/", views.condolences, name="condolences"),
    path("condolences/export/", views.export, name="condolences_export"),
    path("condolences/<uuid:uid>/", views.condolence, name="condolence"),
    path("condolences/<uuid:uid>/withdraw/", views.withdraw, name="condolence_withdraw"),
    path("condolences/steps/<uuid:uid>/", views.step, name="condolence_step"),
    path("death/<uuid:uid>/", views.death, name="death"),
]
