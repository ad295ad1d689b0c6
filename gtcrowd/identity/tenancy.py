"""Which rows a caller may see: those of their requester. Every edge begins with a queryset from here."""

from typing import Any, ClassVar, Protocol, Self

from django.db import models


class OfRequester(Protocol):
    """A caller on behalf of a requester; `identity.access.Viewer` is one. The models need to know no more of it."""

    @property
    def requester(self) -> models.Model: ...


class TenantQuerySet(models.QuerySet[Any]):
    """Rows that belong to a requester. `tenant` on the model names the way to it, `requester` by default."""

    default_way: ClassVar[str] = "requester"

    def visible_to(self, viewer: OfRequester) -> Self:
        """Return the rows of the viewer's requester; all others do not exist for this caller (404)."""
        way = getattr(self.model, "tenant", self.default_way)
        return self.filter(**{way: viewer.requester})
