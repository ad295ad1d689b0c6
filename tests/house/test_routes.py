"""No route does anything with another requester's rows or says anything of them.

The routes come from the URL resolver, the rows from the models: what is added later is covered without being listed.
Every reference that a route takes (in its path, its query or its body) is given once as one's own, once as another
requester's and once as one that does not exist. The last two must be answered alike.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from rest_framework.test import APIClient

from gtcrowd.identity.models import User
from gtcrowd.labels.exports import EXPORTS
from gtcrowd.tasks.models import Answer
from tests.house import ownership, tenants
from tests.house.tenants import Tenant

pytestmark = pytest.mark.django_db
METHODS = ("get", "post", "put", "patch", "delete")
LIBRARY = ("account/",)
"""Routes of allauth, which knows no requesters."""
FIXED = {
    "day": f"{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%d}",
    "position": tenants.GOLD_POSITION,
    "kind": "choice",
    "medium": "text",
    "report": "worker-quality",
    "export": next(iter(EXPORTS)),
}
"""Path parameters that name nothing of a requester's, or something within what another parameter names."""
NOWHERE: dict[str, Any] = {
    "name": "job-nowhere", "job_id": 2**40, "code": "wk-nowhere", "key_id": "nowhere", "assignment_id": 2**40, "answer_id": 2**40,
    "token": "nowhere", "bucket": "nowhere", "assignment": 2**40, "at": 2**40, "team": 2**40, "team_name": "team-nowhere",
    "manifest": "s3://nowhere/in.manifest", "job": "job-nowhere", "run": 2**40, "worker": "wk-nowhere",
    "address": "/work/object/nowhere/", "excluded_jobs": ["job-nowhere"],
}  # fmt: skip
"""What names nothing at all."""


def references(tenant: Tenant) -> dict[str, Any]:
    """What names something of the tenant's, by the name of the parameter."""
    return {
        "name": tenant.job.name, "job_id": tenant.job.pk, "code": tenant.worker.code, "key_id": tenant.key.key_id,
        "assignment_id": tenant.assignment.pk,
        "answer_id": Answer.objects.filter(job=tenant.job, worker=tenant.worker).latest("pk").pk, "token": tenant.object_token, "bucket": tenant.requester.slug,
        "assignment": tenant.assignment.pk, "at": tenant.assignment.pk, "team": tenant.team.pk,
        "team_name": tenant.team.name, "manifest": tenant.manifest, "job": tenant.job.name, "run": tenant.run.pk,
        "worker": tenant.worker.code, "address": reverse("workpage:object", args=[tenant.object_token]),
        "excluded_jobs": [tenant.job.name],
    }  # fmt: skip


def routes(patterns: Any = None, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Each route as (path, name, names of its parameters)."""
    for item in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(item.pattern)
        if isinstance(item, URLResolver):
            inner = f"{namespace}{item.namespace}:" if item.namespace else namespace
            yield from routes(item.url_patterns, path, inner)
        elif isinstance(item, URLPattern) and not path.startswith(LIBRARY):
            yield path, f"{namespace}{item.name or path}", tuple(item.pattern.converters)


ROUTES = list(routes())
NAMESPACES = sorted({name.rpartition(":")[0] for _path, name, _parameters in ROUTES})
OPEN_BY_TOKEN = {"workpage:object": "token", "portal:join": "token"}
"""Whoever was given the address may open it: the token is the permission, as tested in portal and identity."""
SIGNED = {"api:webhook"}
"""One answer, 403, to whatever is not signed with the job's secret; so there is nothing to tell apart."""
BODY: dict[str, Any] = {
    "how": "return", "state": "paused", "value": "heron", "text": "Text", "about": "other", "done": True, "key": "k",
    "method": "dawid-skene", "content": {"crowd-classifier": {"label": "heron"}}, "object": tenants.GOLD_POSITION,
    "name": "fresh", "description": "Fresh", "title": "Fresh", "medium": "text", "categories": ["heron", "ibis"],
    "kind": "choice", "price": "0.036", "workers_per_object": 2, "emails": ["fresh@example.org"], "role": "viewer",
    "script_origins": [], "time_zone": "UTC", "points": [[0, 0], [9, 0], [9, 9], [0, 9]], "width": 10, "height": 10,
    "template": "<p>{{ task.input.taskObject }}</p>", "objects": [{"source": "fresh"}], "reason": "Reason",
}  # fmt: skip
"""A body that every route takes what it needs of; what a route needs otherwise is in BODIES."""
BODIES: dict[str, dict[str, Any]] = {
    "portal:draft": {"state": {}},
    "portal:script-error": {"error": {"message": "x is not defined", "line": 4}},
    "console:change": {"price": "0.048"},
}
IN_BODY = [
    ("assignment", "assignment"), ("at", "at"), ("team", "team"), ("team", "team_name"), ("manifest", "manifest"),
    ("job", "job"), ("address", "address"), ("excluded_jobs", "excluded_jobs"),
]  # fmt: skip
IN_QUERY = [("job", "job"), ("team", "team_name"), ("worker", "worker"), ("run", "run"), ("requester", "bucket")]
"""References by the name of the field in the body or the query, and the name in `references`."""
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
WRITES = re.compile(r'\b(?:INSERT INTO|UPDATE|DELETE FROM|TRUNCATE)\s+"?(\w+)', re.IGNORECASE)
"""The table that a statement writes to; after FOR UPDATE comes a word that is no table's."""


@dataclass
class Outcome:
    """What a call was answered, and what rows of the other requester were after it, if anything was written."""

    status: int
    location: str
    content: str
    rows: dict[str, ownership.Rows]


class Caller:
    """A client whose calls leave no trace: what they change is rolled back."""

    def __init__(self, client: Client, other: Tenant) -> None:
        self.client, self.other = client, other
        self.cookies = client.cookies.output(header="", sep="; ")

    def call(
        self, method: str, path: str, query: dict[str, Any], body: dict[str, Any] | None, *, form: bool
    ) -> Outcome:
        self.client.cookies = SimpleCookie(self.cookies)
        sent: dict[str, Any] = {}
        if body is not None and form:
            sent = {"data": urlencode(body, doseq=True), "content_type": "application/x-www-form-urlencoded"}
        elif body is not None:
            sent = {"data": json.dumps(body), "content_type": "application/json"}
        written: list[str] = []

        def record(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
            written.extend(WRITES.findall(str(sql)))
            return execute(sql, params, many, context)

        with transaction.atomic():
            with connection.execute_wrapper(record):
                address = f"{path}?{urlencode(query, doseq=True)}" if query else path
                response = getattr(self.client, method)(address, **sent)
                content = b"".join(response.streaming_content) if response.streaming else response.content
            # After an error of the database there is nothing to read, nor anything written.
            rows = {} if broken() else rows_and_files(self.other, tables=set(written))
            transaction.set_rollback(True)
        return Outcome(response.status_code, response.get("Location", ""), content.decode("utf-8", "replace"), rows)


def broken() -> bool:
    return connection.connection.info.transaction_status == psycopg.pq.TransactionStatus.INERROR


def rows_and_files(tenant: Tenant, *, tables: set[str] | None = None) -> dict[str, ownership.Rows]:
    folder = Path(settings.GTCROWD_STORE_DIR) / tenant.requester.slug
    files = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in sorted(folder.rglob("*"))]
    return ownership.rows_of(tenant.requester, tenant.users, tables=tables) | {"files": files}


@dataclass
class Trial:
    """Calls of a tenant's people to one route, with references of another's."""

    pattern: str
    name: str
    parameters: tuple[str, ...]
    own: Tenant
    other: Tenant
    before: dict[str, ownership.Rows]
    faults: list[str]

    def path(self, **references: Any) -> str:
        return "/" + PARAMETER.sub(lambda result: quote(str(self._value(result[1], references))), self.pattern)

    def _value(self, parameter: str, references: dict[str, Any]) -> Any:
        if parameter == "key":
            return f"{self.name.rpartition(':')[2]}.manifest"
        return FIXED[parameter] if parameter in FIXED else references[parameter]

    def run(self, caller: Caller, strangers: list[Caller]) -> None:
        own, foreign = references(self.own), references(self.other)
        for method in METHODS:
            usual, form = self._usual(caller, method, own)
            if usual.status == 405:
                continue
            for parameter in self.parameters:
                if parameter not in FIXED and parameter != "key" and OPEN_BY_TOKEN.get(self.name) != parameter:
                    self._compare(caller, method, (parameter, parameter), usual, form=form, in_path=True)
            for field in self._read(caller, method, own, usual, form=form):
                self._compare(caller, method, field, usual, form=form, in_path=False)
            for stranger in strangers if self.name not in OPEN_BY_TOKEN else ():
                what = f"{method} of everything foreign by a stranger"
                self._must_be_silent(what, self._call(stranger, method, foreign, {}, foreign, form=form))

    def _read(
        self, caller: Caller, method: str, own: dict[str, Any], usual: Outcome, *, form: bool
    ) -> list[tuple[str, str]]:
        """The references in query or body to try one by one: none if the route minds none of them."""
        fields = IN_QUERY if method == "get" else IN_BODY
        foreign, nowhere = references(self.other), NOWHERE
        what = f"{method} with foreign references"
        self._must_be_silent(what, self._call(caller, method, own, _named(fields, foreign), own, form=form))
        unknown = self._call(caller, method, own, _named(fields, nowhere), own, form=form)
        return [] if (unknown.status, unknown.location) == (usual.status, usual.location) else fields

    def _usual(self, caller: Caller, method: str, own: dict[str, Any]) -> tuple[Outcome, bool]:
        """What one's own gets, and whether the body is to be a form: as the view takes it."""
        as_form = not self.name.startswith("api:") and method != "get"
        outcome = self._call(caller, method, own, {}, own, form=as_form)
        if as_form and self.name.startswith("portal:") and outcome.status >= 400:
            return self._call(caller, method, own, {}, own, form=False), False
        return outcome, as_form

    def _compare(
        self, caller: Caller, method: str, field: tuple[str, str], usual: Outcome, *, form: bool, in_path: bool
    ) -> None:
        """With a foreign reference the answer must be that to one which does not exist, whatever else is one's own."""
        name, reference = field
        own = references(self.own)
        outcomes = []
        for value in (references(self.other)[reference], NOWHERE[reference]):
            path = own | {name: value} if in_path else own
            more = {} if in_path else {name: value}
            outcomes.append(self._call(caller, method, path, more, own, form=form))
        foreign, nowhere = outcomes
        what = f"{method} with a foreign {reference}"
        self._must_be_silent(what, foreign)
        if foreign.status != nowhere.status:
            self.faults.append(f"{self.name}: {what} is answered {foreign.status}, an unknown one {nowhere.status}")
        if usual.status != nowhere.status:
            TOLD_APART.add((self.name if in_path else "", name))

    def _call(
        self,
        caller: Caller,
        method: str,
        path: dict[str, Any],
        more: dict[str, Any],
        own: dict[str, Any],
        *,
        form: bool,
    ) -> Outcome:
        if method == "get":
            return caller.call(method, self.path(**path), more, None, form=False)
        usual = {name: own[reference] for name, reference in IN_BODY if name not in ("excluded_jobs", "at", "job")}
        body = BODY | usual | BODIES.get(self.name, {}) | more
        return caller.call(method, self.path(**path), {}, body, form=form)

    def _must_be_silent(self, what: str, outcome: Outcome) -> None:
        if self.other.marker in outcome.content or self.other.marker in outcome.location:
            self.faults.append(f"{self.name}: {what} shows something of the other requester")
        if outcome.status >= 500 and self.name != "readyz":  # which says that no queue process is running
            self.faults.append(f"{self.name}: {what} is answered {outcome.status}")
        changed = [label for label, rows in outcome.rows.items() if rows != self.before[label]]
        if changed:
            self.faults.append(f"{self.name}: {what} changes {', '.join(changed)} of the other requester")


def _named(fields: list[tuple[str, str]], values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[reference] for name, reference in fields}


TOLD_APART: set[tuple[str, str]] = set()
"""(route or "" for the body and query, reference) for which one's own is answered otherwise than what does not exist."""


def program(tenant: Tenant, other: Tenant) -> Caller:
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tenant.token}")
    return Caller(client, other)


def person(user: User | None, other: Tenant) -> Caller:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user, backend="gtcrowd.identity.sessions.Backend")
    return Caller(client, other)


@pytest.mark.long
@pytest.mark.parametrize("namespace", NAMESPACES)
def test_route_knows_no_foreign_rows(namespace, monkeypatch):
    monkeypatch.setattr("rest_framework.views.APIView.throttle_classes", [])
    own, other = tenants.build("heron"), tenants.build("ibis")
    callers = {"api": program(own, other), "portal": person(own.worker.user, other)}
    caller = callers.get(namespace, person(own.owner, other))
    strangers = [person(None, other), person(own.owner, other), person(own.worker.user, other), program(own, other)]
    before, faults = rows_and_files(other), []
    own_routes = [route for route in ROUTES if route[1].rpartition(":")[0] == namespace]
    TOLD_APART.clear()

    for path, name, parameters in own_routes:
        Trial(path, name, parameters, own, other, before, faults).run(caller, strangers)

    assert faults == []
    # What shows nothing because it never finds anything, would show nothing here either.
    told_apart = {
        (name, parameter)
        for _path, name, parameters in own_routes
        for parameter in parameters
        if parameter not in (*FIXED, "key") and OPEN_BY_TOKEN.get(name) != parameter and name not in SIGNED
    }
    assert told_apart - TOLD_APART == set()


def test_tenant_has_rows_in_every_table():
    """Every table that can belong to a requester has a row, so that nothing of it goes unwatched."""
    heron = tenants.build("heron")

    rows = ownership.rows_of(heron.requester, heron.users)

    assert [label for label, result in rows.items() if not result] == []
