"""Rules of the fund. Pure: no Django, no clock."""

from decimal import Decimal


def gets_certificate(amount: Decimal, *, above: int) -> bool:
    """合肥高新区党员关爱基金 (S17): 捐赠超过 5000 元的发证书. At the limit itself it is not yet above."""
    return amount > above
