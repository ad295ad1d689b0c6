"""Whatever people write is shown as text: on every page, in every file and in every reply that shows it.

The texts are those of the models' fields, the places those of the URL resolver and of the dashboards: a field or a page
that is added later is covered without being listed.
"""

import csv
import io
import json
import re
from urllib.parse import urlencode

import pytest
from django.db import models
from django.test import Client
from rest_framework.test import APIClient

from gtcrowd.identity.models import Requester, User
from gtcrowd.jobs.models import DataObject, Job
from tests.dashboards.conftest import visit
from tests.dashboards.test_pages import PATHS
from tests.house import ownership, tenants
from tests.house.test_routes import FIXED, OPEN_BY_TOKEN, PARAMETER, ROUTES, references

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]
CODES = {
    "slug", "key_id", "code", "kind", "medium", "stage", "field", "method", "key", "reason_code", "digest", "password",
    "email", "time_zone", "label_attribute", "manifest", "manifest_digest", "output", "request", "response", "order_key",
    "category", "token_hash", "object_id_key", "address", "state",
}  # fmt: skip
"""Names of fields whose values are codes, addresses or names of a fixed form, checked where they are set."""
NAMES_IN_ADDRESSES = {"Job.name", "Bucket.name"}
NOWHERE_SHOWN = {
    "Sequence.name": "groups objects of a film",
    "Task.sequence": "as above",
    "DataObject.sequence": "as above",
    "Assignment.reason": "no page lists tasks that were returned",
    "PostAnnotationBatch.reason_params": "the job says why it waits",
    "Template.text": "a page in HTML by nature, in a frame without an origin",
    "Truth.source": "says where a truth came from to who imported it",
}
"""Texts that no page, file or reply shows, and why."""


def free_fields():
    """Each (model, field) that holds a text somebody writes."""
    for model in [*ownership.tenant_models(), Requester, User]:
        for field in model._meta.concrete_fields:
            text = isinstance(field, models.CharField | models.TextField) and not field.choices and not field.unique
            if field.name == "reason_params" or (
                text and field.name not in CODES and f"{model.__name__}.{field.name}" not in NAMES_IN_ADDRESSES
            ):
                yield model, field.name


def hostile(number):
    """A text that would be a tag, end an attribute, or be an entity."""
    return f"<i>{number}</i>'\"&lt;"


def spread(tenant):
    """Write a text of its own into every free field of the tenant's rows; returns what is where."""
    written = {}
    ways = ownership.tenant_models()
    for model, name in free_fields():
        way = {Requester: "pk", User: "pk__in"}.get(model) or ways[model]
        owner = [user.pk for user in tenant.users] if model is User else tenant.requester.pk
        for row in model._default_manager.filter(**{way: owner}):
            if model is DataObject and name == "line":
                value = json.dumps({"source": hostile(f"line{row.position}")})
                written[f"line{row.position}"] = "DataObject.line"
            else:
                number = str(len(written))
                value, written[number] = hostile(number), f"{model.__name__}.{name}"
                value = {"text": value} if name == "reason_params" else value
            model._default_manager.filter(pk=row.pk).update(**{name: value})
    for field in ("short", "full"):
        written[field] = f"Job.instructions.{field}"
    Job.objects.filter(pk=tenant.job.pk).update(instructions={field: hostile(field) for field in ("short", "full")})
    return written


def addresses(tenant):
    """The address of each route that can be asked for by GET, with the tenant's own rows."""
    own = references(tenant)
    for path, name, parameters in ROUTES:
        if name not in OPEN_BY_TOKEN and "key" not in parameters:
            values = {parameter: FIXED[parameter] if parameter in FIXED else own[parameter] for parameter in parameters}
            yield "/" + PARAMETER.sub(lambda result, values=values: str(values[result[1]]), path)


def replies(tenant):
    """(address, media type, body) of everything that the tenant's people and programs can read."""
    clients = [Client(), Client(), APIClient()]
    for client, user in zip(clients, tenant.users, strict=False):
        client.force_login(user, backend="gtcrowd.identity.sessions.Backend")
    clients[2].credentials(HTTP_AUTHORIZATION=f"Bearer {tenant.token}")
    for address in addresses(tenant):
        for client in clients:
            response = client.get(address)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            yield address, response.get("Content-Type", ""), body.decode("utf-8", "replace")
    status, headers, body = visit("/dashboards/_dash-layout", tenant.owner)
    assert status == "200"
    yield "dashboards", headers["Content-Type"], body
    for name, path in PATHS.items():
        index = path.format(job=tenant.job.pk, worker=tenant.worker.pk)
        query = urlencode({"path": index, "days": "all", "requester": tenant.requester.slug})
        _status, headers, body = visit("/dashboards/file/page.html", tenant.owner, query=query)
        yield f"{name} as one file", headers["Content-Type"], body
        for figure in re.findall(r"file/([\w-]+)\.csv", str(layout(tenant.owner, index))):
            _status, headers, body = visit(f"/dashboards/file/{figure}.csv", tenant.owner, query=query)
            yield f"{name}: {figure}.csv", headers["Content-Type"], body


def layout(user, path):
    from tests.dashboards.conftest import draw

    return draw(user, path)


def texts_in(media_type, body):
    """The numbers of texts that a reply shows as texts: escaped for HTML or for a script, or as JSON and CSV have them."""
    result = set(re.findall(r"(?:&lt;|\\u003[cC])i(?:&gt;|\\u003[eE]|>)(\w+)", body))
    if "json" in media_type or "csv" in media_type:
        result |= set(re.findall(r"<i>(\w+)</i>", body))
    return result


def test_free_text_is_never_a_tag():
    heron = tenants.build("heron")
    written = spread(heron)
    faults, observed = [], set()

    for address, media_type, body in replies(heron):
        observed |= texts_in(media_type, body)
        if "html" in media_type:
            faults += [f"{address}: {written.get(item, item)}" for item in re.findall(r"<i>(\w+)", body)]
        elif "csv" in media_type:
            rows = list(csv.reader(io.StringIO(body)))
            faults += [f"{address}: a row of {len(row)} cells" for row in rows if len(row) != len(rows[0])]

    assert faults == []
    unseen = set(written.values()) - {written[item] for item in observed if item in written}
    assert unseen == set(NOWHERE_SHOWN)
