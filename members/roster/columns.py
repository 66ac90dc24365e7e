"""The national form's 19 columns, in order, and the headings people give them. Pure."""

import re
import unicodedata
from typing import NamedTuple

from members.rules.roster import HEADINGS, Person


class Column(NamedTuple):
    """A column of 党员基本信息采集表: the field it fills, its national heading, and other headings for it."""

    field: str
    heading: str
    aliases: tuple[str, ...] = ()


_ALIASES = {
    "name": "党员姓名 名字 姓名全称",
    "sex": "党员性别 性别代码",
    "ethnicity": "民族代码 族别",
    "id_number": (
        "身份证号 身份证号码 身份证 身份证件号 身份证件号码 公民身份证号 公民身份证号码 公民身份号 居民身份证 居民身份证号 居民身份证号码 证件号 证件号码 身份号码 "
        "党员身份证号 党员身份证号码 二代身份证号 二代身份证号码 18位身份证号"
    ),
    "birth_on": "出生年月日 出生年月 出生时间 出生日 生日 生年月日",
    "education": "文化程度 最高学历 学历代码 学历情况 全日制学历 学历层次 文化水平",
    "category": "党员类别 党员类型 人员类型 党员身份 党员性质 正式或预备 政治面貌 人员类别代码",
    "branch": (
        "所在支部 党支部 支部 党支部名称 支部名称 党支部全称 支部全称 所在党支部名称 所在党支部全称 所属党支部 所属支部 所在党组织 党组织名称 党组织全称 所在党组织名称 "
        "所属党组织 组织关系所在党支部 组织关系所在支部 组织关系所在党组织 党支部代码 支部代码 所在党支部代码 党组织代码 所在党组织代码"
    ),
    "joined_on": "入党时间 入党日期 入党年月 入党年月日 加入党组织时间 加入党组织年月 加入中国共产党日期 加入中国共产党时间 加入中共时间 加入时间 何时入党",
    "full_on": (
        "转正时间 转正日期 转正年月 转正年月日 转为正式党员时间 转为正式党员年月 转为正式日期 转为正式时间 转正式党员日期 转正式党员时间 成为正式党员日期 何时转正"
    ),
    "post": "岗位 职业 工作 从事工作 从事职业 现工作岗位 工作岗位代码 工作单位及职务 单位及职务 工作单位和职务 现任职务",
    "mobile_phone": "联系电话 手机 手机号 电话 电话号码 移动电话 移动电话号码 联系手机 联系方式 联系号码 本人电话 本人手机 联系电话手机",
    "landline": "固话 座机 座机号 座机号码 固定电话号码 固话号码 办公电话 家庭电话 住宅电话 宅电 联系电话固话 联系电话固定电话 联系电话座机",
    "address": "住址 地址 家庭地址 家庭详细住址 家庭详细地址 家庭住址详细 现住址 现居住地 现居住地址 居住地址 居住地 住所 详细住址 详细地址 常住地址",
    "standing": "党籍 党籍情况 党籍状况",
    "is_lost": "是否失联 是否失联党员 失联党员 是否失去联系 是否为失联 是否失去联系党员 失联",
    "lost_on": "失联日期 失联时间 失联年月 失去联系时间 失去联系年月 失去联系的日期 何时失联",
    "is_mobile": "是否流动 是否流动党员 流动党员 是否为流动 是否外出流动 是否外出流动党员 是否为外出流动党员 是否外出",
    "destination": "流向 外出地 外出地点 外出去向 流动去向 流动流向 流入地 流动地 外出流向地 外出流入地 流动党员外出流向 外出流向省市县",
}

COLUMNS = tuple(Column(field, heading, tuple(_ALIASES[field].split())) for field, heading in zip(Person._fields, HEADINGS, strict=True))
KNOWN = {column.heading: place for place, column in enumerate(COLUMNS)} | {
    alias: place for place, column in enumerate(COLUMNS) for alias in column.aliases
}

_NOTE = re.compile(r"[(\[【〔{《<「『].*?[)\]】〕}》>」』]")
_ORNAMENT = re.compile(r"[\s*★☆※:：#()\[\]【】〔〕{}《》<>「」『』\"'、,，;；。/]+")
_NUMBERED = re.compile(r"^(?:\d{1,2}[.．-]?|[①-⑳])")
_UNSEEN = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")


def column_of(heading: object) -> int | None:
    """The place in the form a heading means: `姓 名`, `*姓名（必填）`, `1.姓名`, `联系电话（手机）`, `身份证号码`."""
    if heading.__class__ is not str or not heading or len(heading) > 200:
        return None
    text = unicodedata.normalize("NFKC", _UNSEEN.sub("", heading))
    # The note in brackets may be what tells two columns apart, so the whole heading is tried first.
    for said in (_ORNAMENT.sub("", text), _ORNAMENT.sub("", _NOTE.sub("", text))):
        for form in (said, _NUMBERED.sub("", said)):
            if form in KNOWN:
                return KNOWN[form]
    return None
