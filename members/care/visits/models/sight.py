"""Who may see that somebody is visited or helped: it tells of hardship."""

from django.db.models import Q

from branches.access import ScopedQuerySet


class CareQuerySet(ScopedQuerySet):
    """Rows of hardship: looking around the tree is not enough, the verb care.see is asked; one's own rows are always seen."""

    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        seen = Q(pk__in=self.model._default_manager.all().where(user, "care.see").order_by().values("pk"))
        return self.filter(seen | Q(**{self.owner_path: user}) if self.owner_path else seen)
