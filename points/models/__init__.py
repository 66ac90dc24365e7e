"""积分: the rules as data, the ledger with its two disposable projections, and deeds awarded by hand."""

from points.models.awards import Award
from points.models.ledger import Entry, OrganisationMonth, OrganisationYear, Standing
from points.models.schemes import Category, Item, ItemGrade, Multiplier, MultiplierGrade, Period, QuarterCounts, Scheme, Threshold
from points.models.simulations import SimulatedMember, Simulation

__all__ = [
    "Award",
    "Category",
    "Entry",
    "Item",
    "ItemGrade",
    "Multiplier",
    "MultiplierGrade",
    "OrganisationMonth",
    "OrganisationYear",
    "Period",
    "QuarterCounts",
    "Scheme",
    "SimulatedMember",
    "Simulation",
    "Standing",
    "Threshold",
]
