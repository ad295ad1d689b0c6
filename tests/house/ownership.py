"""Which rows belong to which requester, derived from the models' foreign keys: nothing to remember for a new model."""

from collections import deque
from typing import Any

from django.apps import apps
from django.db import models

from gtcrowd.identity.models import Requester, User

Rows = list[tuple[Any, ...]]


def own_models() -> list[type[models.Model]]:
    """All models of the project's own rooms."""
    return [model for model in apps.get_models() if model.__module__.startswith("gtcrowd.")]


def way_to_requester(model: type[models.Model]) -> str | None:
    """The shortest chain of foreign keys from `model` to Requester as a lookup path, or None.

    A person (User) is nobody's: one may work or ask in many places.
    """
    queue, visited = deque([(model, "")]), {model, User}
    while queue:
        current, way = queue.popleft()
        for field in current._meta.concrete_fields:
            target = field.related_model
            if target is None or target in visited:
                continue
            step = f"{way}__{field.name}" if way else field.name
            if target is Requester:
                return step
            visited.add(target)
            queue.append((target, step))
    return None


def tenant_models() -> dict[type[models.Model], str]:
    """Every model whose rows belong to a requester, with the way to it."""
    ways = {model: way_to_requester(model) for model in own_models()}
    return {model: way for model, way in ways.items() if way is not None}


def rows_of(requester: Requester, users: list[User], *, tables: set[str] | None = None) -> dict[str, Rows]:
    """All rows of a requester, of all models or of some `tables`, to be compared with those at another time."""
    querysets = {model: model._default_manager.filter(**{way: requester}) for model, way in tenant_models().items()}
    querysets[Requester] = Requester.objects.filter(pk=requester.pk)
    querysets[User] = User.objects.filter(pk__in=[user.pk for user in users])
    return {
        model._meta.label: list(rows.order_by("pk").values_list())
        for model, rows in querysets.items()
        if tables is None or model._meta.db_table in tables
    }
