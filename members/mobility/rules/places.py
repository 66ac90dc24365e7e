"""Where people go: the provinces of GB/T 2260 and how a destination is written. Pure."""

# GB/T 2260: the first two digits. 国（境）外 has no code there; 00 is ours.
PROVINCES = {
    "11": "北京市", "12": "天津市", "13": "河北省", "14": "山西省", "15": "内蒙古自治区", "21": "辽宁省", "22": "吉林省", "23": "黑龙江省",
    "31": "上海市", "32": "江苏省", "33": "浙江省", "34": "安徽省", "35": "福建省", "36": "江西省", "37": "山东省", "41": "河南省",
    "42": "湖北省", "43": "湖南省", "44": "广东省", "45": "广西壮族自治区", "46": "海南省", "50": "重庆市", "51": "四川省", "52": "贵州省",
    "53": "云南省", "54": "西藏自治区", "61": "陕西省", "62": "甘肃省", "63": "青海省", "64": "宁夏回族自治区", "65": "新疆维吾尔自治区",
    "71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区", "00": "国（境）外",
}  # fmt: skip
ABROAD = "00"
# Beyond the border for contact (条例 Art34: 出国（境）).
BEYOND_THE_BORDER = frozenset({ABROAD, "71", "81", "82"})
# Municipalities: the part under the province is a county already.
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})

_SHORT = {
    code: name.removesuffix("特别行政区").removesuffix("壮族自治区").removesuffix("回族自治区").removesuffix("维吾尔自治区")
    .removesuffix("自治区").removesuffix("省").removesuffix("市")
    for code, name in PROVINCES.items()
    if code != ABROAD
}  # fmt: skip


def province_name(code: str) -> str:
    """The name a GB/T 2260 code stands for, "" for none."""
    return PROVINCES.get(code, "")


def province_short(code: str) -> str:
    """The everyday name, as axes and lists have room for: 广东, 内蒙古."""
    return _SHORT.get(code, PROVINCES.get(code, ""))


def destination_words(province: str, city: str, county: str) -> str:
    """外出流向 as the national form writes it, to the county: 44, 东莞市, "" → 广东省东莞市."""
    lead = "" if province == ABROAD else PROVINCES[province]
    return f"{lead}{city}{county}"[:120]


def read_destination(text: str) -> tuple[str, str, str]:
    """A 外出流向 from the roster as (province, city, county); what names no province is left for whoever registers to say.

    陕西省西安市雁塔区 → ("61", "西安市", "雁塔区"); 北京市朝阳区 → ("11", "", "朝阳区"); 东莞 → ("", "东莞", "").
    """
    text = "".join(text.split())
    for code, name in PROVINCES.items():
        if code == ABROAD:
            continue
        lead = name if text.startswith(name) else _SHORT[code] if text.startswith(_SHORT[code]) else ""
        if not lead:
            continue
        rest = text[len(lead) :]
        if code in MUNICIPALITIES:
            return code, "", rest.removeprefix("市")
        for ending in ("自治州", "地区", "市", "盟"):
            at = rest.find(ending)
            if 0 < at < len(rest) - len(ending):
                return code, rest[: at + len(ending)], rest[at + len(ending) :]
        return code, rest, ""
    return "", text, ""
