"""The table of a branch's members: each row is the member's own total, however many quarters and categories it is made of."""

from django.utils import timezone

from points.models import Standing
from points.selectors.overviews import overview


def test_a_members_row_is_the_sum_of_the_quarters_and_no_multiple_of_it(tree, member):
    for quarter, category, points in [(1, "base", 5), (2, "base", 5), (1, "life", 7), (3, "life", 4)]:
        Standing.objects.create(member=member, year=2026, quarter=quarter, category=category, points=points, as_of=timezone.now())
    Standing.objects.create(member=member, year=2025, quarter=4, category="base", points=90, as_of=timezone.now())
    seen = overview(tree.ours, 2026)
    assert [(row.name, row.points, row.cells) for row in seen.rows] == [("刘明", 21, [("base", 10), ("life", 11)])]
    assert (seen.total, seen.sums) == (21, [("base", 10), ("life", 11)])
