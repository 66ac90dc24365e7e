from django.urls import path

from branches.views import accounts, audit, grants, tree

app_name = "branches"
urlpatterns = [
    path("", tree.tree, name="tree"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/new/", accounts.account_new, name="account_new"),
    path("accounts/<uuid:uid>/", accounts.account, name="account"),
    path("grants/", grants.grants, name="grants"),
    path("grants/new/", grants.grant_new, name="grant_new"),
    path("grants/<uuid:uid>/confirm/", grants.grant_confirm, name="grant_confirm"),
    path("grants/<uuid:uid>/end/", grants.grant_end, name="grant_end"),
    path("audit/", audit.audit, name="audit"),
    path("audit/export/", audit.audit_export, name="audit_export"),
    path("<str:code>/power/", tree.power, name="power"),
    path("<str:code>/", tree.organisation, name="organisation"),
]
