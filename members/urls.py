from django.urls import path

from members.views import accounts, duplicates, import_undo, imports, people, quality, roster, statistics

app_name = "members"
urlpatterns = [
    path("", roster.roster, name="roster"),
    path("export/", roster.export, name="export"),
    path("new/", people.new, name="new"),
    path("slips/", accounts.slips, name="slips"),
    path("imports/", imports.batches, name="batches"),
    path("imports/new/", imports.import_upload, name="import_upload"),
    path("imports/template/", imports.import_template, name="import_template"),
    path("imports/<uuid:uid>/", imports.import_batch, name="import_batch"),
    path("imports/<uuid:uid>/choose/", imports.import_choose, name="import_choose"),
    path("imports/<uuid:uid>/commit/", imports.import_commit, name="import_commit"),
    path("imports/<uuid:uid>/discard/", imports.import_discard, name="import_discard"),
    path("imports/<uuid:uid>/undo/", import_undo.import_undo, name="import_undo"),
    path("imports/<uuid:uid>/faults/", imports.import_faults, name="import_faults"),
    path("duplicates/", duplicates.duplicates, name="duplicates"),
    path("duplicates/not-same/", duplicates.not_same, name="not_same"),
    path("duplicates/merged/", duplicates.merged, name="merged"),
    path("quality/", quality.quality, name="quality"),
    path("quality/rows/", quality.quality_rows, name="quality_rows"),
    path("quality/check/<str:code>/", quality.roster_check, name="roster_check"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/annual/", statistics.annual_tables, name="annual_tables"),
    path("statistics/rows/", statistics.statistics_rows, name="statistics_rows"),
    path("<uuid:uid>/", people.member, name="member"),
    path("<uuid:uid>/edit/", people.edit, name="edit"),
    path("<uuid:uid>/reveal/", people.reveal, name="reveal"),
]
