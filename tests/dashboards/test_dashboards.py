"""The gate before the dashboards, the frame around the pages, and translations."""

import json
import re

import pytest
from django.test import Client
from django.utils import translation

from tests.dashboards.conftest import draw, visit

pytestmark = pytest.mark.django_db(transaction=True)


def test_anonymous_user_is_redirected(db):
    status, headers, _body = visit("/dashboards/", None)

    assert (status, headers["Location"]) == ("302", "/account/login/?next=/dashboards/")


@pytest.mark.parametrize("path", ["/dashboards/file/page.html", "/dashboards/file/table.csv", "/dashboards/workers/"])
def test_every_address_is_behind_the_gate(db, path):
    assert visit(path)[0] == "302"


def test_refuses_worker(hire):
    status, _headers, body = visit("/dashboards/", hire("cleo").user)

    assert status == "403"
    assert "Access denied" in body


def test_member_gets_page_and_layout(alice):
    assert visit("/dashboards/workers/", alice.user)[0] == "200"
    status, headers, body = visit("/dashboards/_dash-layout", alice.user)

    assert status == "200"
    assert '"content"' in body
    assert "'unsafe-inline'" not in headers["Content-Security-Policy"].split("style-src")[0]
    assert "unsafe-eval" not in headers["Content-Security-Policy"]


def test_refuses_cross_site_requests(alice):
    path = "/dashboards/_dash-update-component"

    assert visit(path, alice.user, "POST", HTTP_SEC_FETCH_SITE="cross-site")[0] == "403"
    assert visit(path, alice.user, "POST", HTTP_ORIGIN="http://evil.example")[0] == "403"


def test_dashboards_are_translated(alice):
    page = visit("/dashboards/", alice.user, HTTP_ACCEPT_LANGUAGE="ko")[2]
    layout = json.loads(visit("/dashboards/_dash-layout", alice.user, HTTP_ACCEPT_LANGUAGE="ko")[2])
    texts = json.dumps(layout, ensure_ascii=False)

    assert '<html lang="ko">' in page
    assert "<title>대시보드 · gtcrowd</title>" in page
    for word in ("검색", "작업자", "필터"):
        assert word in texts
    assert translation.get_language() == "en"
    assert "Select all" in visit("/dashboards/_dash-layout", alice.user)[2]


def test_language_form_has_csrf_cookie(alice):
    _status, headers, page = visit("/dashboards/", alice.user)
    cookie = headers["Set-Cookie"].partition(";")[0]
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w{64})"', page)[0]

    answer = Client(enforce_csrf_checks=True, headers={"Cookie": cookie}).post(
        "/language/", {"language": "ko", "csrfmiddlewaretoken": token}, headers={"Referer": "/dashboards/?job=1"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, "/dashboards/?job=1")


def test_figure_tools_are_translated(alice, job):
    from dashboards import components

    with translation.override("ko"):
        config = json.dumps(components.graph_config(), ensure_ascii=False)

    assert "확대/축소" in config
    assert '"1월"' in config


def test_no_upload_to_chart_studio(alice, job):
    assert "sendChartToCloud" in draw(alice.user)
