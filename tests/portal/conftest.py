"""Jobs of Alice's that are open for work, with pictures and with texts."""

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Page

from gtcrowd import job_lifecycle
from gtcrowd.identity.access import Viewer
from gtcrowd.identity.models import Bucket
from gtcrowd.jobs import create, store
from gtcrowd.jobs.models import Job
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.models import Assignment
from gtcrowd.workforce.models import Team, Worker
from tests.portal import browsing

INSTRUCTIONS = {
    "short": "Look at the bill first.",
    "full": "A heron has a straight bill, an ibis a curved one.",
    "good_example": "s3://heron-data/good.png",
    "bad_example": "Do not go by the colour.",
}
Give = Callable[..., Job]


def put(uri: str, content: bytes) -> None:
    with store.store().write(uri) as file:
        file.write(content)


def picture(shade: int = 120) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (160, 120), (shade, 140, 90)).save(file, format="PNG")
    return file.getvalue()


@pytest.fixture
def bucket(alice: Viewer) -> str:
    Bucket.objects.create(name="heron-data", requester=alice.requester)
    put("s3://heron-data/good.png", picture(30))
    return "heron-data"


@pytest.fixture
def give(alice: Viewer, team: Team, bucket: str) -> Give:
    """Creates a job with the given lines and takes it as far as handing out tasks."""

    def _give(lines: list[dict[str, Any]], **asks: Any) -> Job:
        number = Job.objects.count()
        manifest = f"s3://{bucket}/in-{number}.manifest"
        put(manifest, "".join(json.dumps(line) + "\n" for line in lines).encode())
        values = {
            "name": f"birds-{number}",
            "medium": "text" if "source" in lines[0] else "image",
            "categories": ["heron", "ibis"],
            "manifest": manifest,
            "team": team.name,
            "title": "Which bird is it?",
            "description": "Say which bird you see.",
            "instructions": INSTRUCTIONS,
            "price": "0.036",
            "workers_per_object": 1,
            **asks,
        }
        now = timezone.now()
        job = create.create(viewer=alice, values=values, now=now)
        return job_lifecycle.advance(job.pk, now=now)

    return _give


@pytest.fixture
def pictures(give: Give) -> Job:
    """A job with two pictures."""
    for number in range(2):
        put(f"s3://heron-data/{number}.png", picture(60 * number + 60))
    return give([{"source-ref": f"s3://heron-data/{number}.png"} for number in range(2)])


@pytest.fixture
def texts(give: Give) -> Job:
    """A job with two texts, the first of them unkind."""
    return give([{"source": """<script>alert("x")</script> 'quoted' {{ 7 | times: 6 }}"""}, {"source": "Grey, tall."}])


@pytest.fixture
def signed_in() -> Callable[[Any], Client]:
    def _signed_in(user: Any) -> Client:
        client = Client()
        client.force_login(user, backend="gtcrowd.identity.sessions.Backend")
        return client

    return _signed_in


@pytest.fixture
def cleo(hire: Callable[[str], Worker]) -> Worker:
    return hire("cleo")


@pytest.fixture
def cleos(cleo: Worker, signed_in: Callable[[Any], Client]) -> Client:
    """Cleo's browser."""
    return signed_in(cleo.user)


@pytest.fixture
def take(cleo: Worker) -> Callable[[Job], Assignment]:
    def _take(job: Job) -> Assignment:
        return claim.next_assignment(worker=cleo, job=job, now=timezone.now())

    return _take


@pytest.fixture
def hand(cleos: Client) -> Callable[..., Any]:
    """Hands in an answer as the work page does."""

    def _hand(assignment: Assignment, label: str = "heron", client: Client = cleos, **more: Any) -> Any:
        element = "crowd-classifier" if assignment.job.medium == "text" else "crowd-image-classifier"
        body = {
            "assignment": assignment.pk,
            "content": {element: {"label": label}},
            "activeSeconds": 2.5,
            **more,
        }
        return client.post(f"/work/{assignment.job_id}/submit/", json.dumps(body), content_type="application/json")

    return _hand


@pytest.fixture
def address(browser: Browser, transactional_db: None) -> Iterator[str]:
    """Where the application answers."""
    with browsing.served() as result:
        yield result


@pytest.fixture
def cleos_page(browser: Browser, address: str, cleos: Client) -> Iterator[Page]:
    """Cleo's browser, signed in."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield browsing.sign_in(context, address, cleos)
    context.close()
