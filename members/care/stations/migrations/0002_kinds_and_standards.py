"""The kinds, standards and matters a county may begin with. None of them is national law: each says where it comes from."""

from datetime import date

from django.db import migrations

START = date(2000, 1, 1)
LEVELS = "县级党员服务中心、乡镇党员服务站、村级党员服务点三级网络（各地通行，凭记忆）"
SITES = "各地通行的活动场所“六有”（凭记忆），内容由县里定"
OWN = "没有统一规定，由县里定"
KINDS = (
    ("county_centre", "县党员服务中心", LEVELS, 6),
    ("township_station", "乡镇党员服务站", LEVELS, 6),
    ("village_point", "村党员服务点", LEVELS, 12),
    ("activity_site", "党员活动阵地", SITES, 12),
)
SERVING = (
    ("有固定场所，门口有牌子", True),
    ("墙上有服务事项、办理流程和电话", True),
    ("开放的日子有人值班，值班表上墙", True),
    ("办事有登记，有结果", True),
)
ITEMS = {
    "county_centre": (*SERVING, ("有接待流动党员的窗口", True), ("有座椅、饮水和老花镜", False), ("轮椅能进，或有人搀扶", False), ("有意见簿，意见有回音", False)),
    "township_station": (*SERVING, ("有座椅、饮水和老花镜", False), ("轮椅能进，或有人搀扶", False), ("有意见簿，意见有回音", False)),
    "village_point": (*SERVING, ("有座椅、饮水和老花镜", False), ("有意见簿，意见有回音", False)),
    "activity_site": (
        ("有场所，坐得下支部全体党员", True),
        ("有党旗和入党誓词", True),
        ("有桌椅和电教设备，能放片子", True),
        ("有党报党刊和学习资料", True),
        ("有制度上墙，公开栏按时更换", True),
        ("有活动记录和档案", True),
        ("轮椅能进，或有人搀扶", False),
    ),
}  # fmt: skip
MATTERS = (
    ("transfer", "组织关系转接", 3, "transfers:transfers"),
    ("mobile", "流动党员报到", 1, "mobility:register"),
    ("dues", "党费", 1, "dues:dues"),
    ("hardship", "困难申请", 5, "aid:cases"),
    ("policy", "政策咨询", 3, ""),
    ("other", "其他", 5, ""),
)


def write(apps, schema_editor):
    kind, checklist, item, matter = (
        apps.get_model("stations", name) for name in ("StationKind", "Checklist", "ChecklistItem", "RequestKind")
    )
    for order, (code, name, source, every) in enumerate(KINDS, 1):
        made = kind.objects.create(code=code, name=name, order=order, source=source)
        told = checklist.objects.create(kind=made, number=1, every=every, source=source if code == "activity_site" else OWN, start=START)
        item.objects.bulk_create(
            item(checklist=told, order=at, text=text, is_required=must) for at, (text, must) in enumerate(ITEMS[code], 1)
        )
    matter.objects.bulk_create(
        matter(code=code, name=name, order=order, days=days, url_name=url_name, source=OWN)
        for order, (code, name, days, url_name) in enumerate(MATTERS, 1)
    )


def take_back(apps, schema_editor):
    apps.get_model("stations", "RequestKind").objects.filter(requests=None).delete()
    apps.get_model("stations", "Checklist").objects.filter(checks=None).delete()
    apps.get_model("stations", "StationKind").objects.filter(stations=None).delete()


class Migration(migrations.Migration):
    dependencies = [("stations", "0001_places_times_standards_bookings")]
    operations = [migrations.RunPython(write, take_back)]
