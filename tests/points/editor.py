"""Whoever writes a scheme on the pages of a draft, as a browser would send it."""

from datetime import date

from django.urls import reverse

from points.models import Scheme
from tests.points.makers import YEAR
from tests.points.test_scheme_pages import fields_of


class Editor:
    """Somebody of 组织部 at the pages of a draft, sending what a browser would send."""

    def __init__(self, client, tree, user, *, origin="blank", start=date(YEAR, 1, 1)):
        self.client, self.user = client, user
        client.force_login(user)
        sent = {"organisation": tree.county.code, "origin": origin, "start": str(start)}
        assert client.post(reverse("points:scheme_new"), sent).status_code == 302
        self.draft = Scheme.objects.latest("pk")

    def send(self, url, said):
        page = self.client.get(url)
        return self.client.post(url, fields_of(page) | {name: str(value) for name, value in said.items()})

    def put(self, part, *, key=None, grades=(), **said):
        address = ["scheme_part", part, key] if key else ["scheme_part_new", part]
        said |= {f"grades-{at}-{name}": value for at, row in enumerate(grades) for name, value in zip(("name", "amount"), row, strict=True)}
        response = self.send(reverse(f"points:{address[0]}", args=[self.draft.uid, *address[1:]]), said)
        assert response.status_code == 302, response.context["form"].errors

    def refused(self, part, **said) -> dict:
        response = self.send(reverse("points:scheme_part_new", args=[self.draft.uid, part]), said)
        assert response.status_code == 422
        return {name: list(errors) for name, errors in response.context["form"].errors.items()}

    def head(self, **said):
        assert self.send(reverse("points:scheme_head", args=[self.draft.uid]), said).status_code == 302

    def category(self, name, **said) -> str:
        self.put("category", name=name, **said)
        return self.draft.categories.get(name=name).code

    def item(self, category, name, kind, value, **said):
        self.put("item", category=category, name=name, fact_kind=kind, value=value, **said)

    def key_of(self, name) -> str:
        return self.draft.items.get(name=name).code

    def findings(self) -> list[str]:
        return [one.sentence for one in self.client.get(reverse("points:scheme", args=[self.draft.uid])).context["findings"] if one.stops]

    def publish(self) -> Scheme:
        url = reverse("points:scheme_publish", args=[self.draft.uid])
        response = self.client.post(url, {"revision": Scheme.objects.get(pk=self.draft.pk).revision})
        assert response.status_code == 302, response.context["refused"]
        return Scheme.objects.get(pk=self.draft.pk)
