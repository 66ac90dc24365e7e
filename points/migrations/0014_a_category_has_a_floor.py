from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("points", "0013_one_word_for_the_appraisal")]
    operations = [
        migrations.AddField(
            model_name="category",
            name="floor",
            field=models.DecimalField(
                blank=True, decimal_places=2, help_text="扣到这里为止", max_digits=8, null=True, verbose_name="全年下限"
            ),
        ),
        migrations.AlterField(
            model_name="entry",
            name="kind",
            field=models.PositiveSmallIntegerField(
                choices=[(0, "记实"), (1, "项目封顶"), (2, "类别封顶"), (3, "总分封顶"), (4, "系数"), (5, "下限"), (6, "一票否决")],
                verbose_name="种类",
            ),
        ),
    ]
