"""The years a list of 评比表彰 may be narrowed to."""

YEARS_BACK = 10


def year_options(today) -> list[tuple[str, str]]:
    return [("", "不限"), *((str(year), f"{year} 年") for year in range(today.year, today.year - YEARS_BACK, -1))]
