"""What every endpoint asks first."""

from rest_framework.permissions import IsAuthenticated


class OwnPassword(IsAuthenticated):
    """Logged in, and with a password of one's own: an initial one opens only the page that changes it."""

    message = "先在网页上把初始密码改成自己的。"

    def has_permission(self, request, view):
        return super().has_permission(request, view) and not request.user.must_change_password
