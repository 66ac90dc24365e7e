"""The documentation's page and the schema: readable by everybody, for they hold no data."""

from functools import cache

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

# Swagger UI sets styles from its script; scripts stay our own. No other page of the portal is loosened.
POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)


@cache
def written(renderer) -> bytes:
    """The whole schema in one form. It follows from the code alone and is seconds of work: a process does it once, whoever asks."""
    return renderer().render(SchemaGenerator().get_schema(public=True), renderer_context={})


class SchemaView(SpectacularAPIView):
    permission_classes = [AllowAny]

    @extend_schema(exclude=True)
    def get(self, request, *args, **kwargs):
        form = request.accepted_renderer
        return HttpResponse(
            written(type(form)),
            content_type=form.media_type,
            headers={"Content-Disposition": f'inline; filename="{spectacular_settings.TITLE}.{form.format}"'},
        )


class DocsView(SpectacularSwaggerSplitView):
    permission_classes = [AllowAny]
    url_name = "api:schema"
    title = "基层党务接口"

    @extend_schema(exclude=True)
    def get(self, request, *args, **kwargs):
        response = super().get(request, *args, **kwargs)
        response["Content-Security-Policy"] = POLICY
        return response
