"""Viewsets that cannot forget who asks."""

from django.db.models import QuerySet
from django.http import Http404
from rest_framework import mixins, viewsets

from partyportal.core.rest.pagination import Pages


class _Rows(viewsets.GenericViewSet):
    """A model's rows, read by GET; each app adds its changes as actions of its own."""

    model = None
    lookup_field = "uid"
    lookup_value_converter = "uuid"
    pagination_class = Pages
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]

    def seen(self) -> QuerySet:
        raise NotImplementedError

    def rows(self, seen: QuerySet) -> QuerySet:
        """What the endpoint needs of the rows in sight: joins, a stable order."""
        return seen

    def get_queryset(self) -> QuerySet:
        if getattr(self, "swagger_fake_view", False):  # the schema asks for the model alone
            return self.model._default_manager.none()
        return self.rows(self.seen())

    def filter_queryset(self, queryset):
        """Filters narrow a list; one row is asked by its name."""
        return queryset if self.detail else super().filter_queryset(queryset)

    def get_object(self):
        if "\x00" in str(self.kwargs.get(self.lookup_field, "")):  # PostgreSQL knows no text with it
            raise Http404
        return super().get_object()

    def finalize_response(self, request, response, *args, **kwargs):
        """What one person may see is kept by no cache on the way."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def perform_create(self, serializer):
        raise NotImplementedError("a change is a service's, not a serializer's")

    perform_update = perform_destroy = perform_create


class ScopedViewSet(_Rows):
    """Rows that hang in the tree: every one of them is read through `visible_to(request.user)`, and nothing else is possible."""

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "get_queryset" in cls.__dict__ or "seen" in cls.__dict__ or getattr(cls, "queryset", None) is not None:
            raise TypeError(f"{cls.__name__} reads past visible_to: say what it adds in rows()")
        if cls.model is not None and not hasattr(cls.model._default_manager.all(), "visible_to"):
            raise TypeError(f"{cls.__name__}: {cls.model.__name__} has no visible_to")

    def seen(self) -> QuerySet:
        return self.model._default_manager.all().visible_to(self.request.user)


class PublicRulesViewSet(mixins.ListModelMixin, _Rows):
    """Rules that everybody who is logged in may read: published schemes, requirements. They name nobody."""

    def seen(self) -> QuerySet:
        return self.model._default_manager.all()
