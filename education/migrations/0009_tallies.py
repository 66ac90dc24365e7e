"""Counts of meetings by month: a county's year is twelve thousand rows instead of a hundred thousand."""

import django.db.models.deletion
from django.db import migrations, models

MONTHS_HELD = """
CREATE FUNCTION education_months_held(counts bigint) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN {bits};
""".format(bits=" | ".join(f"(((counts >> {5 * at} & 31) > 0)::int << {at})" for at in range(12)))


class Migration(migrations.Migration):
    dependencies = [("branches", "0004_term_lengths"), ("education", "0008_misses")]
    operations = [
        migrations.RunSQL(MONTHS_HELD, "DROP FUNCTION education_months_held(bigint)"),
        migrations.CreateModel(
            name="MeetingTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("assembly", "党员大会"),
                            ("committee", "支委会"),
                            ("group", "党小组会"),
                            ("lecture", "党课"),
                            ("theme_day", "主题党日"),
                            ("life_meeting", "组织生活会"),
                            ("appraisal", "民主评议党员"),
                        ],
                        max_length=16,
                        verbose_name="种类",
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("counts", models.BigIntegerField(help_text="每月 5 位，一月在最低", verbose_name="各月次数")),
                (
                    "months",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(models.F("counts"), function="education_months_held"),
                        output_field=models.IntegerField(),
                        verbose_name="开了的月",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.organisation",
                        verbose_name="党小组",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="branches.organisation", verbose_name="党支部"
                    ),
                ),
            ],
            options={
                "verbose_name": "会议计数",
                "verbose_name_plural": "会议计数",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "group", "kind", "year"),
                        name="tally_once",
                        nulls_distinct=False,
                        violation_error_message="这一年的计数已经有了。",
                    )
                ],
            },
        ),
    ]
