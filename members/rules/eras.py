"""入党时间: the periods in which the yearly bulletin counts when members joined. Pure."""

from datetime import date

# first day of the period, code, label; earliest first. The bulletin of each 七一 names these four.
ERAS: tuple[tuple[date, str, str], ...] = (
    (date(1921, 7, 1), "before-1949", "新中国成立以前"),
    (date(1949, 10, 1), "1949-1978", "1949年10月至1978年12月"),
    (date(1979, 1, 1), "1979-2012", "1979年1月至2012年10月"),
    (date(2012, 11, 1), "since-2012", "2012年11月及以后"),
)


def era(joined_on: date) -> str:
    """The period a day of joining falls into."""
    return next((code for start, code, _ in reversed(ERAS) if joined_on >= start), ERAS[0][1])
