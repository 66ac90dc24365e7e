"""The ledgers: sealed lately, verified lately, and nothing found."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from partyportal.core.models import LedgerSeal, LedgerSlip, Verification
from partyportal.core.operating.doctor.findings import Finding, fault, note, ok

SEAL_WITHIN = timedelta(hours=1)  # of the last seal, where rows wait for one
VERIFY_WITHIN = timedelta(days=2)


def ledgers() -> Iterator[Finding]:
    """What the last verification found, and whether sealing goes on."""
    last, seal, now = Verification.objects.order_by("-at").first(), LedgerSeal.objects.order_by("-number").first(), timezone.now()
    if last and last.fault:
        yield fault("账本", f"{last.fault}", "不要改动数据库。先备份现状，查谁绕过系统写了数据库，再从备份恢复。")
    elif LedgerSlip.objects.exists() and (seal is None or now - seal.sealed_at > SEAL_WITHIN):
        since = f"上次封账是 {timezone.localtime(seal.sealed_at):%Y-%m-%d %H:%M}" if seal else "还没有封过账"
        say = note if settings.EMBEDDED else fault
        yield say("账本", f"有行等着封，{since}", "看定时进程和任务进程是否在运行；手工运行 manage.py seal_ledgers 看它说什么。")
    elif last is None or now - last.at > VERIFY_WITHIN:
        since = f"上次核验是 {timezone.localtime(last.at):%Y-%m-%d %H:%M}" if last else "还没有核验过"
        yield note("账本", since, "每夜应自动核验：看定时进程；或在“账本核验”页上点“现在核验”。")
    else:
        yield ok("账本", f"封到第 {last.number} 封，{timezone.localtime(last.at):%Y-%m-%d %H:%M} 核验完好")
