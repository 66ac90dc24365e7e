"""Every refusal under /api/ is a problem detail (RFC 9457): a Chinese sentence, and the faults field by field."""

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, JsonResponse
from rest_framework import exceptions, serializers
from rest_framework.exceptions import APIException
from rest_framework.response import Response
from rest_framework.views import set_rollback

from partyportal.core.errors import DomainError, Stale
from partyportal.core.outages import Outage, outage_of

MEDIA_TYPE = "application/problem+json"
NOT_KEPT = {"Cache-Control": "no-store"}  # a refusal depends on who asks and when, as any answer does

TITLES = {
    400: "请求不对",
    401: "没有登录",
    403: "没有权限",
    404: "没有找到",
    405: "不能这样请求",
    406: "给不出这种格式",
    409: "与现在的情形冲突",
    413: "内容太大",
    415: "不认识这种格式",
    422: "不能处理",
    428: "缺少前提",
    429: "请求太多",
    500: "系统出了故障",
    503: "系统暂时不能用",
}

DETAILS = {
    400: "请求读不懂，内容要是正确的 JSON。",
    401: "先登录，或带上令牌：Authorization: Token …。",
    403: "你没有做这件事的权限。",
    404: "没有这一项，或者不在你能看的范围内。",
    405: "这个地址不能用这种方法请求。",
    406: "只能给 application/json。",
    415: "请用 Content-Type: application/json 发送。",
    429: "请求太多，歇一会儿再来。",
    500: "已记下来，稍后再试。",
    503: "数据库暂时连不上，稍后再试。",
}

OUTAGES = {
    Outage.BUSY: "要改的正被别人占着，等不到，什么都没有改。过一会儿再试。",
    Outage.FULL: "磁盘满了，什么都没有存。请管理员清理磁盘，然后再试。",
    Outage.BEHIND: "数据库还没有升级到这个版本，什么都没有改。请管理员运行 manage.py migrate。",
}


class ProblemSerializer(serializers.Serializer):
    """出错说明 (RFC 9457)."""

    type = serializers.CharField(label="种类", help_text="about:blank：种类就是状态码。")
    title = serializers.CharField(label="标题")
    status = serializers.IntegerField(label="状态码")
    detail = serializers.CharField(label="说明", help_text="给人看的一句话。")
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        label="各项错误",
        required=False,
        help_text="字段名 → 错误；整体的错误在 non_field_errors。",
    )


def problem(code: int, detail: str = "", errors: dict[str, list[str]] | None = None) -> dict:
    body = {
        "type": "about:blank",
        "title": TITLES.get(code, "出错"),
        "status": code,
        "detail": detail or DETAILS.get(code, TITLES.get(code, "出错")),
    }
    return body | ({"errors": errors} if errors else {})


def handler(exc: Exception, context: dict) -> Response | None:
    """What an exception says as a problem; one nobody foresaw goes on to the log and to `handler500`."""
    code, detail, errors, headers = _told(exc)
    if code is None:
        return None
    set_rollback()
    return Response(problem(code, detail, errors), status=code, headers=NOT_KEPT | headers, content_type=MEDIA_TYPE)


def _told(exc: Exception) -> tuple[int | None, str, dict, dict]:
    if isinstance(exc, Stale):
        return 409, exc.message, {}, {}
    if isinstance(exc, DomainError):
        return 400, exc.message, {exc.field: [exc.message]} if exc.field else {}, {}
    if isinstance(exc, ValidationError):
        errors = (
            {name.replace("__all__", "non_field_errors"): list(found) for name, found in exc.message_dict.items()}
            if hasattr(exc, "error_dict")
            else {}
        )
        return 400, exc.messages[0], errors, {}
    if isinstance(exc, Http404):
        return 404, "", {}, {}
    if isinstance(exc, PermissionDenied):
        return 403, "", {}, {}
    if isinstance(exc, exceptions.ValidationError):
        errors = flat(exc.detail)
        return 400, next(iter(errors.values()))[0], errors, {}
    if isinstance(exc, APIException):
        headers = {}
        if getattr(exc, "auth_header", None):
            headers["WWW-Authenticate"] = exc.auth_header
        if getattr(exc, "wait", None):
            headers["Retry-After"] = str(max(1, int(exc.wait)))
        return exc.status_code, _own_words(exc), {}, headers
    return None, "", {}, {}


def _own_words(exc: APIException) -> str:
    """The sentence of our own exceptions; the framework's are replaced by ours."""
    ours = isinstance(exc.detail, str) and any("\u4e00" <= sign <= "\u9fff" for sign in exc.detail)
    return str(exc.detail) if ours and exc.status_code not in {405, 406, 415, 429} else DETAILS.get(exc.status_code, str(exc.detail))


def flat(detail, name: str = "") -> dict[str, list[str]]:
    """Nested faults under dotted names: roll.2.reason → [sentences]."""
    if isinstance(detail, dict):
        found = {}
        for key, value in detail.items():
            found |= flat(value, f"{name}.{key}" if name else str(key))
        return found
    if isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        found = {}
        for at, item in enumerate(detail):
            found |= flat(item, f"{name}.{at}" if name else str(at))
        return found
    sentences = [str(item) for item in (detail if isinstance(detail, list) else [detail])]
    return {name or "non_field_errors": sentences} if sentences else {}


# ── What Django answers before or after a view ──────────────────────────────
def is_api(request) -> bool:
    return request.path.startswith("/api/")


def plain(code: int, detail: str = "") -> JsonResponse:
    told = problem(code, detail)
    return JsonResponse(told, status=code, headers=NOT_KEPT, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False})


def not_found(request, exception):
    """handler404: a page for people, a problem for programs."""
    from django.views.defaults import page_not_found

    return plain(404) if is_api(request) else page_not_found(request, exception)


def bad_request(request, exception):
    """handler400."""
    from django.views.defaults import bad_request as page

    return plain(400) if is_api(request) else page(request, exception)


def refused(request, exception):
    """handler403."""
    from django.views.defaults import permission_denied

    return plain(403) if is_api(request) else permission_denied(request, exception)


def fault(request):
    """handler500: what nobody foresaw is in the log already."""
    import sys

    from partyportal.core.views import fault as page

    if not is_api(request):
        return page(request)
    outage = outage_of(sys.exc_info()[1])
    return plain(503 if outage else 500, OUTAGES.get(outage, ""))


def locked_words() -> str:
    return f"密码错了太多次，{int(settings.AXES_COOLOFF_TIME * 60)} 分钟后再试。"
