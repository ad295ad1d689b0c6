"""What a worker writes to the requester about a job or a task of it, and what is answered.

All messages between one worker and the members of a job's requester are one thread. It waits for the members while a
message of the worker is not done; the worker opens it again by writing more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gtcrowd.identity.access import Viewer
from gtcrowd.identity.models import Member
from gtcrowd.identity.roles import RIGHTS, Right
from gtcrowd.jobs.models import Job
from gtcrowd.platform import queue, sql
from gtcrowd.tasks.models import About, Assignment, JobWorker, Message
from gtcrowd.workforce.models import Worker, WorkforceType

RIGHT = Right.MANAGE_WORKERS
MOST_CHARACTERS = 1000
MOST_AN_HOUR = 20
"""Messages that a worker may send per hour, in all jobs together."""
HOUR = timedelta(hours=1)
AGAIN = timedelta(minutes=10)
"""The same words within so long a time are the same message: it was sent twice because no reply came."""
GATHER_SECONDS = 60
"""A mail waits so long, so that it tells of several messages that come at once."""
MOST_SHOWN = 200
"""Messages of a thread that are shown, the latest."""


class MessageRefused(Exception):
    """The message cannot be sent; `field` and the text say what is wrong."""

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        super().__init__(problem)


class TooMany(MessageRefused):
    """The worker has written as many messages as one may in an hour."""

    def __init__(self) -> None:
        problem = _("You have sent %(most)s messages within an hour. Try again later.") % {"most": MOST_AN_HOUR}
        super().__init__("text", problem)


@dataclass(frozen=True)
class Thread:
    """The messages of one worker in one job, in order. `waits`: one of them is not done yet."""

    worker: Worker
    messages: list[Message]

    @property
    def waits(self) -> bool:
        return any(message.from_worker and message.done_at is None for message in self.messages)

    @property
    def name(self) -> str:
        """How the requester knows the worker: by name in its own workforce, else by code."""
        return str(self.worker.user) if self.worker.workforce.type == WorkforceType.PRIVATE else self.worker.code


def write(
    *,
    worker: Worker,
    job: Job,
    text: Any,
    about: Any = About.OTHER,
    assignment: Assignment | None = None,
    now: datetime,
) -> Message:
    """A worker's message to the requester of `job`, about the task of `assignment` if given. Raises MessageRefused."""
    words = _checked(text)
    if about not in About.values:
        raise MessageRefused("about", _("Choose a subject."))
    with transaction.atomic():
        # One after another for a worker, so that the limit is one; the worker's own answers do not wait for it.
        Worker.objects.select_for_update(no_key=True).get(pk=worker.pk)
        latest = list(
            Message.objects.filter(worker=worker, from_worker=True, sent_at__gt=now - HOUR).order_by("-sent_at")[
                :MOST_AN_HOUR
            ]
        )
        same = (job.pk, assignment.pk if assignment else None, about, words)
        for message in latest:
            if (
                message.job_id,
                message.assignment_id,
                message.about,
                message.text,
            ) == same and message.sent_at > now - AGAIN:
                result: Message = message
                return result
        if len(latest) >= MOST_AN_HOUR:
            raise TooMany
        sent = Message.objects.create(
            job=job, worker=worker, assignment=assignment, from_worker=True, about=about, text=words, sent_at=now
        )
        _tell_soon(job.pk, now)
    return sent


def answer(*, viewer: Viewer, job: Job, worker: Worker, text: Any, now: datetime) -> Message:
    """A member's answer in the thread of `worker`. Raises NotAllowed, MessageRefused."""
    viewer.must(RIGHT)
    words = _checked(text)
    return Message.objects.create(
        job=job, worker=worker, from_worker=False, author=viewer.user, text=words, sent_at=now
    )  # fmt: skip


def finish(*, viewer: Viewer, job: Job, worker: Worker, done: bool = True, now: datetime) -> int:
    """Mark the thread of `worker` as done, or have its last message wait again; returns how many changed."""
    viewer.must(RIGHT)
    own = Message.objects.visible_to(viewer).filter(job=job, worker=worker, from_worker=True)
    if done:
        return own.filter(done_at=None).update(done_at=now)
    last = own.order_by("-sent_at", "-pk").values_list("pk", flat=True)[:1]
    return Message.objects.filter(pk__in=list(last)).exclude(done_at=None).update(done_at=None)


def thread(*, worker: Worker, job: Job) -> list[Message]:
    """The latest messages between the worker and the requester of the job, in order."""
    latest = Message.objects.filter(worker=worker, job=job).select_related("assignment", "author")
    return list(reversed(latest.order_by("-sent_at", "-pk")[:MOST_SHOWN]))


def read(*, worker: Worker, job: Job, now: datetime) -> int:
    """The worker has seen the answers; returns how many were new."""
    return Message.objects.filter(worker=worker, job=job, from_worker=False, read_at=None).update(read_at=now)


def unread(user_id: int) -> list[Message]:
    """Answers to a person that they have not seen yet, the latest first."""
    new = Message.objects.filter(worker__user=user_id, from_worker=False, read_at=None)
    return list(new.select_related("job__requester").order_by("-sent_at", "-pk")[:MOST_SHOWN])


def may_write(worker: Worker, job: Job) -> bool:
    """Whether the worker has to do with the job though it is not, or no more, given to them: they worked in it."""
    worked = JobWorker.objects.filter(worker=worker, job=job).exists()
    return worked or Message.objects.filter(worker=worker, job=job).exists()


WAITING_FIRST = """
SELECT worker_id FROM tasks_message WHERE job_id = %s
GROUP BY worker_id
ORDER BY bool_or(from_worker AND done_at IS NULL) DESC, max(sent_at) DESC LIMIT %s
"""


def threads(*, viewer: Viewer, job: Job, most: int) -> list[Thread]:
    """The job's threads: those that wait first, then the latest."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING_FIRST, [job.pk, most])
        order = [worker for (worker,) in cursor.fetchall()]
    rows = (
        Message.objects.visible_to(viewer)
        .filter(job=job, worker__in=order)
        .select_related("worker__user", "worker__workforce", "assignment__task", "author")
    )
    by_worker: dict[int, list[Message]] = {worker: [] for worker in order}
    for row in rows.order_by("sent_at", "pk"):
        by_worker[row.worker_id].append(row)
    return [Thread(rows[0].worker, rows[-MOST_SHOWN:]) for rows in by_worker.values() if rows]


def waiting(jobs: Iterable[int]) -> dict[int, int]:
    """How many threads of each job wait for a member; jobs without any are left out."""
    rows = Message.objects.filter(job__in=list(jobs), from_worker=True, done_at=None).values_list("job", "worker")
    counted: dict[int, int] = {}
    for job, _worker in rows.distinct():
        counted[job] = counted.get(job, 0) + 1
    return counted


def tell(job_id: int, *, now: datetime) -> bool:
    """E-mail the members who may answer that messages are waiting, at most once per hour and job; return whether
    an e-mail was sent.

    The mail goes first: should it be sent twice because this failed half-way, nobody has missed anything.
    """
    new = Message.objects.filter(job=job_id, from_worker=True, mailed_at=None, done_at=None)
    ids = list(new.values_list("pk", flat=True))
    if not ids:
        return False
    if _rest(job_id, now) > 0:  # another mail went out after this was asked for
        _tell_soon(job_id, now)
        return False
    job = Job.objects.select_related("requester").get(pk=job_id)
    link = f"{settings.GTCROWD_URL}/jobs/{job.name}/#messages"
    count = {"count": len(ids), "job": job.name}
    subject = ngettext(
        "%(count)s message from workers in %(job)s", "%(count)s messages from workers in %(job)s", len(ids)
    )
    body = _(
        "Read and answer them on the job's page:\n\n%(link)s\n\nFurther messages in this job are reported in an hour."
    )
    for address in _members(job):
        send_mail(subject % count, body % {"link": link}, None, [address])
    Message.objects.filter(pk__in=ids).update(mailed_at=now)
    return True


def _members(job: Job) -> list[str]:
    able = [role for role, rights in RIGHTS.items() if RIGHT in rights]
    members = Member.objects.filter(requester=job.requester, role__in=able, user__is_active=True)
    return list(members.order_by("pk").values_list("user__email", flat=True))


def _tell_soon(job_id: int, now: datetime) -> None:
    wait = max(GATHER_SECONDS, _rest(job_id, now))
    queue.enqueue(queue.TELL_OF_MESSAGES, once=f"messages-{job_id}", wait=wait, job=job_id)


def _rest(job_id: int, now: datetime) -> int:
    """Seconds until the next mail about the job may go out."""
    last = Message.objects.filter(job=job_id, mailed_at__gt=now - HOUR).aggregate(last=Max("mailed_at"))["last"]
    return 0 if last is None else max(0, round((last + HOUR - now).total_seconds()))


def _checked(text: Any) -> str:
    """The words of a message. Raises MessageRefused."""
    words = text.strip() if isinstance(text, str) else ""
    if not words:
        raise MessageRefused("text", _("Write a message."))
    if len(words) > MOST_CHARACTERS:
        raise MessageRefused("text", _("A message can have at most %(most)s characters.") % {"most": MOST_CHARACTERS})
    if not sql.storable(words):
        problem = _("must not contain U+0000 or unpaired surrogates.")
        raise MessageRefused("text", problem)
    return words
