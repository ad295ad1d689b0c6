"""Files of a page: CSV, and the page as HTML without network access."""

import csv
import io
import re

import pytest

from dashboards import components
from gtcrowd.workforce.models import Worker
from tests.dashboards.conftest import visit

pytestmark = pytest.mark.django_db(transaction=True)


def test_figure_as_csv(alice, job):
    query = "path=/dashboards/workers/&days=all"
    status, headers, body = visit("/dashboards/file/table.csv", alice.user, query=query)
    rows = list(csv.DictReader(io.StringIO(body)))

    assert status == "200"
    assert headers["Content-Disposition"] == 'attachment; filename="workers-table.csv"'
    assert [row["worker"] for row in rows] == ["Cleo", "Dan", "Eve"]
    assert rows[0]["submitted"] == "2"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_csv_link_of_card(alice, job):
    where = components.file_address("throughput.csv", "/dashboards/", "?days=all")
    path, _mark, query = where.partition("?")

    assert visit(path, alice.user, query=query)[2].startswith("day,Cleo,Dan,Eve,median")


@pytest.mark.parametrize("name", ["nothing", "burn-down'"])
def test_unknown_file(alice, job, name):
    assert visit(f"/dashboards/file/{name}.csv", alice.user, query="path=/dashboards/")[0] == "404"
    assert visit("/dashboards/file/page.html", alice.user, query="path=/jobs/")[0] == "404"


def test_page_as_html(alice, job):
    status, headers, body = visit("/dashboards/file/page.html", alice.user, query="path=/dashboards/&days=all")

    assert status == "200"
    assert headers["Content-Disposition"] == 'attachment; filename="overview.html"'
    assert body.count("plotly.js v") == 1
    assert "default-src 'none'" in body
    assert len(re.findall("data-plot style", body)) >= 3
    assert "answers per day" in body
    assert re.search(r"as of \d{4}-\d\d-\d\d", body)
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=", body.split("<script>")[0])


def test_file_shows_own_requester_only(bob, job, crowd):
    for path in ("/dashboards/", f"/dashboards/job/{job.pk}/", f"/dashboards/worker/{crowd['eve'].pk}/"):
        body = visit("/dashboards/file/page.html", bob.user, query=f"path={path}&days=all")[2]
        content = body.split("</style>")[1].split("<script>")[0]
        assert "Eve" not in content
        assert "herons" not in content
    assert (
        "Cleo" not in visit("/dashboards/file/table.csv", bob.user, query=f"path=/dashboards/workers/&job={job.pk}")[2]
    )


def test_escapes_names(alice, job):
    user = Worker.objects.get(user__name="Eve").user
    user.name = "</script><script>alert(1)</script>"
    user.save()

    body = visit("/dashboards/file/page.html", alice.user, query="path=/dashboards/workers/&days=all")[2]

    assert "<script>alert" not in body


def test_html_has_sparklines_and_changes(alice, job):
    query = "path=/dashboards/&from=2026-11-01&to=2026-11-05"
    body = visit("/dashboards/file/page.html", alice.user, query=f"{query}&team={job.team_id}&against=crowd")[2]

    numbers = body[body.index("<dl class='numbers'>") : body.index("</dl>")]
    assert "<span role='img' aria-label='Daily: first 0, last 0, minimum 0, maximum 4'><svg" in numbers
    assert "＝ 0.0 % vs. all workers" in numbers
