import io
import json
import re
import sys

import pandas as pd
import pytest
from django.test import Client
from django.utils import translation

from dashboards import callbacks, figures
from gtcrowd.analytics import measures
from gtcrowd.identity.sessions import SessionStore

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS = pd.DataFrame(
    {
        "worker_id": [1, 2, 3],
        "worker": ["Cleo", "Dan", "Eve"],
        "answers": [100, 12, 50],
        "truth_n": [100, 0, 50],
        "truth_right": [95, 0, 20],
        "consensus_n": [100, 12, 50],
        "consensus_right": [95, 9, 20],
        "low_seconds": [4.0, 5, 1],
        "median_seconds": [6.0, 7, 2],
        "high_seconds": [9.0, 11, 3],
    }
)


def visit(path, user=None, method="GET", cookie="", **extra):
    """Calls the WSGI application as a server would; returns status line, headers and body."""
    from gtcrowd.wsgi import application

    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": "localhost",
        "CONTENT_LENGTH": "0",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        **extra,
    }
    if user:
        session = SessionStore()
        session["_auth_user_id"] = str(user.pk)
        session["_auth_user_backend"] = "gtcrowd.identity.sessions.Backend"
        session["_auth_user_hash"] = user.get_session_auth_hash()
        session.save()
        environ["HTTP_COOKIE"] = f"sessionid={session.session_key}; {cookie}"
    told = {}
    body = b"".join(application(environ, lambda status, headers, *_: told.update(status=status, headers=dict(headers))))
    return told["status"][:3], told["headers"], body.decode()


def test_who_is_not_signed_in_is_sent_there(db):
    status, headers, _body = visit("/dashboards/")

    assert (status, headers["Location"]) == ("302", "/account/login/?next=/dashboards/")


def test_who_is_no_member_is_refused(hire):
    status, _headers, body = visit("/dashboards/", hire("cleo").user)

    assert status == "403"
    assert "You may not see this" in body


def test_a_member_gets_the_page_and_its_layout(alice):
    assert visit("/dashboards/", alice.user)[0] == "200"
    status, headers, body = visit("/dashboards/_dash-layout", alice.user)

    assert status == "200"
    assert "accuracy-graph" in body
    assert "'unsafe-inline'" not in headers["Content-Security-Policy"].split("style-src")[0]


def test_another_sites_page_cannot_ask(alice):
    path = "/dashboards/_dash-update-component"

    assert visit(path, alice.user, "POST", HTTP_SEC_FETCH_SITE="cross-site")[0] == "403"
    assert visit(path, alice.user, "POST", HTTP_ORIGIN="http://evil.example")[0] == "403"


def test_the_surest_good_worker_stands_on_top():
    measured = measures.accuracy(WORKERS)
    figure = figures.accuracy(measured)

    assert list(figure.layout.yaxis.categoryarray) == ["Eve", "Dan", "Cleo"]
    assert {trace.name for trace in figure.data} == {"against known truth", "against consensus"}


def test_a_worker_with_few_answers_is_drawn_hollow():
    figure = figures.accuracy(measures.accuracy(WORKERS))

    consensus = next(trace for trace in figure.data if trace.name == "against consensus")
    assert consensus.marker.symbol == ("diamond-open",)
    assert consensus.error_x.array[0] > 0


def test_figures_of_nothing_say_so():
    empty = WORKERS.iloc[:0]

    assert "Nobody can be measured" in figures.accuracy(measures.accuracy(empty)).layout.title.text
    assert "No times yet" in figures.seconds(empty).layout.title.text
    assert "No answers" in figures.throughput(pd.DataFrame(), zone="UTC").layout.title.text
    assert "Nothing paid" in figures.cost(pd.Series(dtype=float), budget=0).layout.title.text


def test_the_median_of_seven_days_is_drawn():
    table = pd.DataFrame({"Cleo": [1, 2, 30]}, index=pd.date_range("2026-11-01", periods=3, name="day"))

    figure = figures.throughput(table, zone="UTC")

    assert list(figure.data[-1].y) == [1, 1.5, 2]


def test_the_address_holds_the_filters():
    search = callbacks._to_address([4], [], [7, 8], "2026-11-01", None, "")

    assert search == "?job=4&worker=7&worker=8&from=2026-11-01"
    assert callbacks._from_address(search) == ([4], [], [7, 8], "2026-11-01", None)


@pytest.mark.parametrize("search", ["?job=x&from=never", "?job=-1", "", None])
def test_a_wrong_address_is_no_filter(search):
    jobs, *_rest = callbacks._from_address(search)

    assert jobs == []
    assert callbacks._day("never") is None


def test_dashboards_are_in_the_readers_language(alice):
    page = visit("/dashboards/", alice.user, HTTP_ACCEPT_LANGUAGE="ko")[2]
    layout = json.loads(visit("/dashboards/_dash-layout", alice.user, HTTP_ACCEPT_LANGUAGE="ko")[2])
    said = json.dumps(layout, ensure_ascii=False)

    assert '<html lang="ko">' in page
    assert "<title>대시보드 · gtcrowd</title>" in page
    for word in ("새로 고침", "작업자별 정확도", "모두 선택", "첫째 날", "확대/축소", '"1월"'):
        assert word in said
    assert translation.get_language() == "en"
    assert "Refresh" in visit("/dashboards/_dash-layout", alice.user)[2]


def test_the_choice_of_language_comes_with_its_cookie(alice):
    _status, headers, _body = visit("/dashboards/", alice.user)
    cookie = headers["Set-Cookie"].partition(";")[0]
    _status, _headers, layout = visit("/dashboards/_dash-layout", alice.user, cookie=cookie)
    (token,) = re.findall(r'"(\w{64})"', layout)

    answer = Client(enforce_csrf_checks=True, headers={"Cookie": cookie}).post(
        "/language/", {"language": "ko", "csrfmiddlewaretoken": token}, headers={"Referer": "/dashboards/?job=1"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, "/dashboards/?job=1")


def test_figures_and_tables_are_in_the_readers_language():
    with translation.override("ja"):
        figure = figures.accuracy(measures.accuracy(WORKERS))
        table = str(callbacks._table(measures.accuracy(WORKERS)).to_plotly_json())

    assert {trace.name for trace in figure.data} == {"既知の正解との比較", "合意との比較"}
    for word in ("作業者", "正解率", "測定の基準", "既知の正解", "はい"):
        assert word in table


def test_no_figure_offers_to_be_sent_away(alice):
    assert "sendChartToCloud" in visit("/dashboards/_dash-layout", alice.user)[2]
