"""The two seasons every county visits at, and on which days 春节 falls until 2030."""

from datetime import date

from django.db import migrations

SOURCE = "元旦春节走访慰问的通知：生活困难党员、老党员、老干部，新中国成立前入党的全部走到，节前发放到位"
JULY = "七一走访慰问、颁发“光荣在党50年”纪念章的通知"
LUNAR = "农历正月初一（GB/T 33661—2017 农历的编算和颁行）"
SPRING_FESTIVALS = (date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13), date(2030, 2, 3))
LISTS = ["duty", "eighty", "hardship", "illness", "pre-1949"]


def write(apps, schema_editor):
    occasion, festival = apps.get_model("visits", "Occasion"), apps.get_model("visits", "OccasionDay")
    spring = occasion.objects.create(
        code="spring", name="元旦春节走访慰问", source=SOURCE, criteria=[*LISTS, "elder-cadres"], owed_by="branch", days=50, before=True
    )
    festival.objects.bulk_create([festival(occasion=spring, on=day, source=LUNAR) for day in SPRING_FESTIVALS])
    occasion.objects.create(
        code="july",
        name="七一走访慰问",
        source=JULY,
        criteria=[*LISTS, "fifty-years"],
        owed_by="branch",
        days=30,
        before=False,
        month=7,
        day=1,
    )


def take_back(apps, schema_editor):
    apps.get_model("visits", "Occasion").objects.filter(code__in=["spring", "july"], rounds=None).delete()


class Migration(migrations.Migration):
    dependencies = [("visits", "0001_visits_pairs_birthdays")]
    operations = [migrations.RunPython(write, take_back)]
