"""No callback and no file of the dashboards does anything with another requester's rows or says anything of them.

The callbacks come from Dash, the files from its server: what is added later is covered, or fails for want of a value.
"""

import json
import re
from urllib.parse import urlencode

import pytest

from tests.dashboards.conftest import UPDATE, visit
from tests.dashboards.test_pages import PATHS
from tests.house import ownership, tenants

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]
ROWS = {"startRow": 0, "endRow": 100, "sortModel": [], "filterModel": {}}


def addresses(tenant):
    """(path, search) of every page that names things of the tenant's."""
    named = {
        "job": tenant.job.pk, "team": tenant.team.pk, "workforce": tenant.team.workforce_id, "worker": tenant.worker.pk,
        "days": "all",
    }  # fmt: skip
    for path in PATHS.values():
        index = path.format(job=tenant.job.pk, worker=tenant.worker.pk)
        for search in ({"days": "all"}, named, named | {"requester": tenant.requester.slug}):
            yield index, f"?{urlencode(search)}"


def values(tenant, path, search):
    """A value for everything that a callback may be given, by id and property."""
    return {
        "address.pathname": path, "address.search": search, "version.data": None, "tick.data": 1, "decided.data": None,
        "jobs.value": [tenant.job.pk], "teams.value": [tenant.team.pk], "workforces.value": [tenant.team.workforce_id],
        "workers.value": [tenant.worker.pk], "kinds.value": [], "days.start_date": None, "days.end_date": None,
        "against.value": f"team-{tenant.team.pk}", "workers-grid.getRowsRequest": ROWS, "view-save.n_clicks": 1,
        "view-name.value": "fresh", "verdict.n_clicks": 1, "note.value": "Seen.", "view.n_clicks": 1,
    }  # fmt: skip


def parts(tenant):
    """What stands for the ids of parts that there are many of, by their type."""
    return {
        "verdict": {"case": tenant.case.pk, "decision": "confirm", "type": "verdict"},
        "note": {"case": tenant.case.pk, "type": "note"},
        "view": {"pk": tenant.view.pk, "type": "view"},
    }


def filled(index, tenant, gold):
    """An input or a state as the browser sends it; one by pattern as the list of the parts that there are."""
    if not index["id"].startswith("{"):
        return {**index, "value": gold[f"{index['id']}.{index['property']}"]}
    part = parts(tenant)[json.loads(index["id"])["type"]]
    value = part if index["property"] == "id" else gold[f"{part['type']}.{index['property']}"]
    return [{"id": part, "property": index["property"], "value": value}]


def trigger(index, tenant):
    if not index["id"].startswith("{"):
        return f"{index['id']}.{index['property']}"
    part = parts(tenant)[json.loads(index["id"])["type"]]
    return f"{json.dumps(part, separators=(',', ':'), sort_keys=True)}.{index['property']}"


def outputs(name):
    """The parts that a callback writes to, as its name tells; one that writes to none is named by a digest."""
    if "." not in name:
        return []
    places = [dict(zip(("id", "property"), item.rsplit(".", 1), strict=True)) for item in name.strip(".").split("...")]
    return places if name.startswith("..") else places[0]


def call(user, callback, tenant, path, search, triggered):
    gold = values(tenant, path, search)
    sent = {
        "output": callback["output"], "outputs": outputs(callback["output"]),
        "inputs": [filled(index, tenant, gold) for index in callback["inputs"]],
        "state": [filled(index, tenant, gold) for index in callback["state"]],
        "changedPropIds": [trigger(triggered, tenant)],
    }  # fmt: skip
    status, _headers, body = visit(UPDATE, user, "POST", body=json.dumps(sent).encode())
    return status, body


def callbacks(user):
    every = json.loads(visit("/dashboards/_dash-dependencies", user)[2])
    return [item for item in every if not item["clientside_function"]]


def calls(callback, tenant):
    """(path, search, what triggered it): each page by its first input, and the first page by all of them."""
    for index, (path, search) in enumerate(addresses(tenant)):
        for triggered in callback["inputs"] if index < 3 else callback["inputs"][:1]:
            yield path, search, triggered


def test_callback_knows_no_foreign_rows():
    own, other = tenants.build("heron"), tenants.build("ibis")
    before, faults = ownership.rows_of(other.requester, other.users), []

    every = callbacks(own.owner)
    for callback in every:
        for path, search, triggered in calls(callback, other):
            status, body = call(own.owner, callback, other, path, search, triggered)
            what = f"{callback['output'][:40]} by {triggered['id']} at {path}{search}"
            if other.marker in body or status not in ("200", "204"):
                faults.append(f"{what}: {status}")
        after = ownership.rows_of(other.requester, other.users)
        faults += [f"{callback['output'][:40]} changes {label}" for label in before if after[label] != before[label]]

    assert len(every) >= 5
    assert faults == []


def test_callback_finds_own_rows():
    """The same calls with one's own do show or change something, or those above would prove nothing."""
    own = tenants.build("heron")
    before = ownership.rows_of(own.requester, own.users)

    for callback in callbacks(own.owner):
        result = [call(own.owner, callback, own, *item)[1] for item in list(calls(callback, own))[:8]]
        now = ownership.rows_of(own.requester, own.users)
        assert not outputs(callback["output"]) or any(own.marker in body for body in result) or now != before, callback[
            "output"
        ]
        before = now


def test_files_know_no_foreign_rows():
    from gtcrowd.wsgi import dash

    own, other = tenants.build("heron"), tenants.build("ibis")
    rules = [rule for rule in dash.server.url_map.iter_rules() if "GET" in (rule.methods or ())]
    places = {"name": ["table", "throughput"], "path": ["x"], "filename": ["x"], "package_name": ["dash"],
              "fingerprinted_path": ["x"]}  # fmt: skip

    for rule in rules:
        names = re.findall(r"<(?:\w+:)?(\w+)>", rule.rule)
        for value in places[names[0]] if names else [""]:
            address = re.sub(r"<(?:\w+:)?\w+>", value, rule.rule)
            for path, search in addresses(other):
                query = f"{search[1:]}&{urlencode({'path': path})}"
                status, _headers, body = visit(address, own.owner, query=query)
                assert other.marker not in body, f"{address}?{query}"
                if "file/" not in rule.rule:  # Dash's own, which looks at no rows
                    break
                assert status < "500", f"{address}?{query}"
