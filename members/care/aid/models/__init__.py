"""困难救助: the programmes under which help is given, the cases, their steps and papers, and what was objected to a notice."""

from members.care.aid.models.cases import Case, CaseFile, Step
from members.care.aid.models.objections import Objection
from members.care.aid.models.programmes import Programme

__all__ = ["Case", "CaseFile", "Objection", "Programme", "Step"]
