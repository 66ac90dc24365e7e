"""Coming in by token: kept as a digest, for so many days, each taken back on its own (django-rest-knox)."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from knox.auth import TokenAuthentication as KnoxAuthentication
from rest_framework.exceptions import AuthenticationFailed


class TokenAuthentication(KnoxAuthentication):
    """What cannot be a token is told so like any wrong one."""

    def authenticate_credentials(self, token):
        if not token.isascii() or b"\x00" in token:
            raise AuthenticationFailed("令牌不对。")
        return super().authenticate_credentials(token)


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "partyportal.core.rest.authentication.TokenAuthentication"
    name = "tokenAuth"

    def get_security_definition(self, auto_schema):
        return build_bearer_security_scheme_object(header_name="Authorization", token_prefix="Token")
