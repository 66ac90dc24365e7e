"""Compile every template of ours, so that a misspelt tag is found before a page is opened."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateSyntaxError, engines


class Command(BaseCommand):
    help = "逐个编译模板，列出有语法错误的文件。"

    def handle(self, *args, **options):
        engine = engines["django"]
        folder = Path(settings.BASE_DIR) / "templates"
        names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.html"))
        faults = []
        for name in names:
            try:
                engine.get_template(name)
            except TemplateSyntaxError as fault:
                faults.append(f"{name}: {fault}")
        if faults:
            raise CommandError("\n".join(faults))
        self.stderr.write(f"{len(names)} 个模板没有语法错误。")
