"""The rows of dues, by noun."""

from members.dues.models.bases import Base, Exemption, PayerKind, RateBand
from members.dues.models.months import DueMonth
from members.dues.models.payments import Collection, PaidMonth, Payment
from members.dues.models.sheets import DuesSheet

__all__ = ["Base", "Collection", "DueMonth", "DuesSheet", "Exemption", "PaidMonth", "PayerKind", "Payment", "RateBand"]
