from django.urls import path

from members.mobility.views import hosting, inflows, lost, outflows, register

app_name = "mobility"
urlpatterns = [
    path("", register.register, name="register"),
    path("export/", register.export, name="export"),
    path("out/new/", outflows.outflow_new, name="outflow_new"),
    path("out/<uuid:uid>/", outflows.outflow, name="outflow"),
    path("out/<uuid:uid>/edit/", outflows.outflow_edit, name="outflow_edit"),
    path("out/<uuid:uid>/move/", outflows.outflow_move, name="outflow_move"),
    path("out/<uuid:uid>/end/", outflows.outflow_end, name="outflow_end"),
    path("out/<uuid:uid>/contact/", outflows.contact, name="contact"),
    path("out/<uuid:uid>/attest/", outflows.attest, name="attest"),
    path("out/<uuid:uid>/hosting/", hosting.hosting_new, name="hosting_new"),
    path("attest/<uuid:uid>/void/", outflows.attest_void, name="attest_void"),
    path("hosting/<uuid:uid>/", hosting.hosting, name="hosting"),
    path("hosting/<uuid:uid>/accept/", hosting.hosting_accept, name="hosting_accept"),
    path("hosting/<uuid:uid>/decline/", hosting.hosting_decline, name="hosting_decline"),
    path("hosting/<uuid:uid>/end/", hosting.hosting_end, name="hosting_end"),
    path("hosting/<uuid:uid>/report/", hosting.hosting_report, name="hosting_report"),
    path("in/new/", inflows.inflow_new, name="inflow_new"),
    path("in/<uuid:uid>/", inflows.inflow, name="inflow"),
    path("in/<uuid:uid>/reveal/", inflows.inflow_reveal, name="inflow_reveal"),
    path("in/<uuid:uid>/mark/", inflows.inflow_mark, name="inflow_mark"),
    path("in/<uuid:uid>/end/", inflows.inflow_end, name="inflow_end"),
    path("lost/new/", lost.lost_new, name="lost_new"),
    path("lost/<uuid:uid>/", lost.lost, name="lost"),
    path("lost/<uuid:uid>/try/", lost.lost_try, name="lost_try"),
    path("lost/<uuid:uid>/report/", lost.lost_report, name="lost_report"),
    path("lost/<uuid:uid>/decide/", lost.lost_decide, name="lost_decide"),
    path("organisations/new/", inflows.founding_new, name="founding_new"),
]
