"""The rows of dues, by noun."""

from members.dues.models.bases import Base, Exemption, PayerKind, RateBand
from members.dues.models.months import DueMonth
from members.dues.models.payments import Collection, PaidMonth, Payment

__all__ = ["Base", "Collection", "DueMonth", "Exemption", "PaidMonth", "PayerKind", "Payment", "RateBand"]
