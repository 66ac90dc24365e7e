"""The lists an occasion may name, by their codes: the name that is read."""

from members.care.models import Criterion


def names() -> dict[str, str]:
    """Every list's name by its code: one statement."""
    return dict(Criterion.objects.order_by("position", "code").values_list("code", "name"))
