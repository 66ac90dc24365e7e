"""The place the portal runs in: its settings, its folders and disks, its assets, its last backup."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core import checks
from django.utils import timezone

from partyportal.core.models import AuditEntry
from partyportal.core.operating.doctor.findings import Finding, fault, note, ok
from partyportal.core.operating.manifest import BEFORE, DRAFT

GIGABYTE = 1 << 30
LEAST_FREE, LITTLE_FREE = 1 * GIGABYTE, 5 * GIGABYTE
ASSETS = ("portal/portal.css", "vendor/bootstrap.min.css")
BACKUP_EVERY = timedelta(days=2)

# Django's own warnings in the words of whoever runs the place.
MENDS = {
    "security.W004": ("没有开启 HSTS", "设 HTTPS=true。"),
    "security.W008": ("没有把 HTTP 转到 HTTPS", "设 HTTPS=true。"),
    "security.W009": ("SECRET_KEY 太短或太简单", "按 .env.example 生成一个新的 SECRET_KEY。"),
    "security.W012": ("会话的 Cookie 可经明文传送", "设 HTTPS=true。"),
    "security.W016": ("表单防伪的 Cookie 可经明文传送", "设 HTTPS=true。"),
    "security.W018": ("DEBUG 开着，出错页会泄露数据", "去掉 DEBUG。"),
    "security.W020": ("ALLOWED_HOSTS 没有填", "填写网站的域名。"),
    "portal.E001": ("DEBUG 开着，出错页会泄露数据", "去掉 DEBUG。"),
    "portal.W002": ("ALLOWED_HOSTS 允许任何域名", "只填写网站的域名。"),
}
# HSTS for subdomains and preloading bind names that are not ours to bind.
LEFT_TO_THE_COUNTY = {"security.W005", "security.W021"}
# Said better by the keys' own check.
SAID_ELSEWHERE = {"portal.E002"}


def settings_are_safe() -> Iterator[Finding]:
    """System checks, with those for deployment where this is a production."""
    production = not settings.EMBEDDED
    found = [
        message
        for message in checks.run_checks(include_deployment_checks=production)
        if message.level >= checks.WARNING
        and not message.is_silenced()
        and message.id not in LEFT_TO_THE_COUNTY | SAID_ELSEWHERE
        and not message.id.startswith("drf_spectacular.")
    ]
    for message in found:
        said, mend = MENDS.get(message.id, (f"{message.msg}", message.hint or "按说明修改设置。"))
        yield fault("设置", f"{said}（{message.id}）", mend)
    versions = f"Python {sys.version_info.major}.{sys.version_info.minor}，Django {django.get_version()}"
    if not found:
        yield ok("设置", versions + ("" if production else "，试用（内置服务）"))


def folders() -> Iterator[Finding]:
    """MEDIA can be written, and no disk is about to be full."""
    media = Path(settings.MEDIA_ROOT)
    try:
        media.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=media):
            pass
    except OSError as error:
        yield fault("附件目录", f"{media} 不能写（{error.strerror}）", "把目录交给运行网站的用户，或用 MEDIA_ROOT 另指定。")
    else:
        unfinished = [path for mark in (DRAFT, BEFORE) for path in media.glob(f"{mark}*")]
        if unfinished:  # the database may be the backup's already, and the files not yet
            yield fault("附件目录", "有一次恢复没有做完，附件可能不全", "不在恢复的话，再运行一次那个 restore，加 --force。")
        else:
            yield ok("附件目录", f"{media} 可写")
    seen = set()
    for name, path in (("附件", media), ("运行", Path(settings.HOME)), ("临时", Path(tempfile.gettempdir()))):
        while not path.exists():
            path = path.parent
        disk = path.stat().st_dev
        if disk in seen:
            continue
        seen.add(disk)
        usage = shutil.disk_usage(path)
        said = f"{name}目录所在盘余 {usage.free / GIGABYTE:.1f} GB（{usage.free * 100 // usage.total}%）"
        if usage.free < LEAST_FREE:
            yield fault("磁盘", said, "清理旧备份和日志，或扩容：盘满时数据库会停。")
        elif usage.free < LITTLE_FREE:
            yield note("磁盘", said, "快满了，安排清理或扩容。")
        else:
            yield ok("磁盘", said)


def assets() -> Iterator[Finding]:
    """The style sheets are where the web server looks for them."""
    missing = [
        name
        for name in ASSETS
        if not ((Path(settings.STATIC_ROOT) / name).exists() or (settings.WHITENOISE_USE_FINDERS and finders.find(name)))
    ]
    if missing:
        yield fault(
            "页面资源", f"缺少 {'、'.join(missing)}", "试用时运行 make setup；生产环境重新构建镜像，或运行 manage.py collectstatic。"
        )
    else:
        yield ok("页面资源", "齐全")


def document_fonts() -> Iterator[Finding]:
    """The font that printed books embed; without it none can be made."""
    missing = [path.name for path in settings.DOCUMENT_FONTS.values() if not path.is_file()]
    if missing:
        yield fault(
            "文档字体",
            f"缺少 {'、'.join(missing)}，出不了台账",
            "试用时运行 make setup；生产环境重新构建镜像，或用 DOCUMENT_FONTS 指明目录。",
        )
    else:
        yield ok("文档字体", "齐全")


def last_backup() -> Iterator[Finding]:
    """`backup` leaves an audit row; a place without a fresh one is a place that can lose a county's records."""
    last = AuditEntry.objects.filter(code="core.backup.made").order_by("-id").values_list("at", flat=True).first()
    if settings.EMBEDDED:
        yield note("备份", f"最近一次 {timezone.localtime(last):%Y-%m-%d %H:%M}" if last else "还没有做过（试用）")
    elif last is None:
        yield fault("备份", "还没有做过", "运行 manage.py backup DIR，并安排每天一次，存到另一台机器。")
    elif timezone.now() - last > BACKUP_EVERY:
        yield fault(
            "备份", f"最近一次是 {timezone.localtime(last):%Y-%m-%d %H:%M}", "检查每天的备份任务；先手工运行一次 manage.py backup DIR。"
        )
    else:
        yield ok("备份", f"最近一次 {timezone.localtime(last):%Y-%m-%d %H:%M}")
