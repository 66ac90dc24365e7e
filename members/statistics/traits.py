"""What statistics tell of a person: each trait as data, its cells in their order and the SQL that picks one.

The SQL speaks of the columns of `people._person`. Keys and labels are constants of the code; nothing typed comes here.
"""

from dataclasses import dataclass

from members.models import MemberClass
from members.rules.codes import CATEGORIES, SEXES
from members.rules.eras import ERAS
from members.rules.occupations import OCCUPATIONS, OTHER, UNKNOWN
from members.selectors.roster import EDUCATION

# The national statistics' bands, with 61 and over in two; the keys are the roster's. Oldest first.
AGES = (
    ("71-", "71以上"),
    ("61-70", "61–70"),
    ("56-60", "56–60"),
    ("51-55", "51–55"),
    ("46-50", "46–50"),
    ("41-45", "41–45"),
    ("36-40", "36–40"),
    ("31-35", "31–35"),
    ("-30", "30以下"),
)
PARTY_AGES = (
    ("50-", "50 年及以上"),
    ("40-49", "40–49 年"),
    ("30-39", "30–39 年"),
    ("20-29", "20–29 年"),
    ("10-19", "10–19 年"),
    ("0-9", "不满 10 年"),
    ("none", "预备党员"),
)


@dataclass(frozen=True)
class Trait:
    """One way to divide people; every person falls into exactly one cell."""

    code: str
    title: str
    cells: tuple[tuple[str, str], ...]
    sql: str

    def label(self, key: str) -> str:
        return dict(self.cells).get(key, "")


def _bands(column: str, bands, *, otherwise: str) -> str:
    """The band of a number by its lower bound; the cells stand from the highest down."""
    lows = [(key, int(key.split("-")[0])) for key, _ in bands if key.split("-")[0].isdigit()]
    whens = " ".join(f"WHEN {column} >= {low} THEN '{key}'" for key, low in lows)
    return f"CASE {whens} ELSE '{otherwise}' END"


def _eras() -> str:
    whens = " ".join(f"WHEN joined_on >= '{start}' THEN '{code}'" for start, code, _ in reversed(ERAS[1:]))
    return f"CASE {whens} ELSE '{ERAS[0][1]}' END"


def _occupations() -> str:
    # strpos, not a pattern: eighty thousand posts are asked for thirty words each.
    told = {code: " OR ".join(f"strpos(post, '{word}') > 0" for word in words) for code, _, words in OCCUPATIONS}
    whens = " ".join(f"WHEN {condition} THEN '{code}'" for code, condition in told.items())
    return f"CASE WHEN post = '' THEN '{UNKNOWN[0]}' {whens} ELSE '{OTHER[0]}' END"


TRAITS = (
    Trait("age", "年龄", AGES, _bands("age", AGES, otherwise="-30")),
    Trait("education", "学历", EDUCATION, "CASE WHEN education = '' THEN 'none' ELSE left(education, 1) END"),
    Trait("occupation", "职业", (*((code, label) for code, label, _ in OCCUPATIONS), OTHER, UNKNOWN), _occupations()),
    Trait("member_class", "分类", tuple(MemberClass.Name.choices), "class"),
    Trait(
        "party_age", "党龄", PARTY_AGES, f"CASE WHEN NOT is_full THEN 'none' ELSE {_bands('party_age', PARTY_AGES, otherwise='0-9')} END"
    ),
    Trait("era", "入党时间", tuple((code, label) for _, code, label in ERAS), _eras()),
    Trait("category", "人员类别", tuple(CATEGORIES.items()), "CASE WHEN is_full THEN 'full' ELSE 'probationary' END"),
    Trait("sex", "性别", tuple(SEXES.items()), "sex"),
    Trait("ethnicity", "民族", (("han", "汉族"), ("minority", "少数民族")), "CASE WHEN ethnicity = '01' THEN 'han' ELSE 'minority' END"),
    Trait("mobile", "流动", (("no", "不是流动党员"), ("yes", "流动党员")), "CASE WHEN is_mobile THEN 'yes' ELSE 'no' END"),
    Trait("lost", "失联", (("no", "没有失联"), ("yes", "失联党员")), "CASE WHEN is_lost THEN 'yes' ELSE 'no' END"),
    Trait("standing", "党籍", (("normal", "正常"), ("suspended", "停止党籍")), "CASE WHEN is_suspended THEN 'suspended' ELSE 'normal' END"),
)
TRAIT = {trait.code: trait for trait in TRAITS}

# What is counted beside the number of people in every cell: code, label, condition.
MEASURES = (
    ("women", "女", "sex = '2'"),
    ("minority", "少数民族", "ethnicity <> '01'"),
    ("young", "35岁及以下", "age <= 35"),
    ("college", "大专及以上", "left(education, 1) IN ('1', '2', '3')"),
    ("probationary", "预备党员", "NOT is_full"),
)
