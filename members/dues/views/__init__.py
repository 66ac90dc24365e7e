"""Pages of dues."""

from members.dues.views.arrears import arrears
from members.dues.views.bases import base, bases, bases_copy, bases_set
from members.dues.views.confirm import collection_return, confirm, confirm_all
from members.dues.views.exemptions import exemption_decide, exemption_new, exemptions
from members.dues.views.member import member, mine, pay, reverse
from members.dues.views.month import collect, dues
from members.dues.views.publication import publication
from members.dues.views.sheets import sheet, sheet_commit, sheet_discard, sheet_template, sheet_upload

__all__ = [
    "arrears",
    "base",
    "bases",
    "bases_copy",
    "bases_set",
    "collect",
    "collection_return",
    "confirm",
    "confirm_all",
    "dues",
    "exemption_decide",
    "exemption_new",
    "exemptions",
    "member",
    "mine",
    "pay",
    "publication",
    "reverse",
    "sheet",
    "sheet_commit",
    "sheet_discard",
    "sheet_template",
    "sheet_upload",
]
