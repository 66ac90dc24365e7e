from django.urls import path

from members.care.views import conditions, condolences, criteria, lists

app_name = "care"
urlpatterns = [
    path("", lists.lists, name="lists"),
    path("lists/<slug:code>/", lists.one_list, name="list"),
    path("lists/<slug:code>/export/", lists.export, name="list_export"),
    path("lists/<slug:code>/fix/", lists.fix, name="list_fix"),
    path("fixed/<uuid:uid>/", lists.snapshot, name="snapshot"),
    path("fixed/<uuid:uid>/export/", lists.snapshot_export, name="snapshot_export"),
    path("conditions/", conditions.conditions, name="conditions"),
    path("conditions/<uuid:uid>/", conditions.condition, name="condition"),
    path("conditions/<uuid:uid>/proof/", conditions.condition_proof, name="condition_proof"),
    path("conditions/<uuid:uid>/files/<uuid:file>/", conditions.condition_file, name="condition_file"),
    path("conditions/<uuid:uid>/<slug:act>/", conditions.condition_act, name="condition_act"),
    path("members/<uuid:uid>/", conditions.person, name="person"),
    path("members/<uuid:uid>/new/", conditions.condition_new, name="condition_new"),
    path("mine/", conditions.mine, name="mine"),
    path("criteria/", criteria.criteria, name="criteria"),
    path("criteria/new/", criteria.criterion_new, name="criterion_new"),
    path("criteria/drafts/<uuid:uid>/", criteria.draft, name="draft"),
    path("criteria/drafts/<uuid:uid>/source/", criteria.draft_source, name="draft_source"),
    path("criteria/drafts/<uuid:uid>/enact/", criteria.draft_enact, name="draft_enact"),
    path("criteria/drafts/<uuid:uid>/line/<slug:kind>/", criteria.draft_line, name="draft_line"),
    path("criteria/drafts/<uuid:uid>/<slug:how>/", criteria.draft_change, name="draft_change"),
    path("criteria/<slug:code>/", criteria.criterion, name="criterion"),
    path("criteria/<slug:code>/draft/", criteria.criterion_draft, name="criterion_draft"),
    path("criteria/<slug:code>/stop/", criteria.criterion_stop, name="criterion_stop"),
    path("condolences/", condolences.condolences, name="condolences"),
    path("condolences/export/", condolences.export, name="condolences_export"),
    path("condolences/<uuid:uid>/", condolences.condolence, name="condolence"),
    path("condolences/<uuid:uid>/withdraw/", condolences.withdraw, name="condolence_withdraw"),
    path("condolences/steps/<uuid:uid>/", condolences.step, name="condolence_step"),
    path("death/<uuid:uid>/", condolences.death, name="death"),
]
