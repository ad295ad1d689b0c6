"""The answers behind a number, and the objects behind one: what somebody reads who clicks on a cell or a bar.

Rows come in pages, each beginning after the last row of the one before: answers from the newest to the oldest, objects
in the order of the manifest. Nothing is counted, and no page looks at more than LOOK answers or objects, however large
the job: where fewer rows than a page holds are found among them, the page ends there and the next one looks further.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from gtcrowd import kinds
from gtcrowd.analytics.columns import rows
from gtcrowd.analytics.filters import Filters, of_jobs
from gtcrowd.analytics.frames import NAME
from gtcrowd.identity.access import Viewer
from gtcrowd.jobs import signed, store
from gtcrowd.jobs.models import Job
from gtcrowd.platform.reasons import sentence

SIZE = 50
LOOK, LOOK_FOR_EXAMPLES = 50_000, 5_000
"""So many answers, or objects, are looked at for one page; and for the examples of a pair of categories."""
MOST_JOBS = 500
STATES = ("labeled", "failed", "rest")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENT = re.compile(r"(\d{1,17})-(\d{1,18})", re.ASCII)

# The same as columns.reference: what is known, else the truth, else the job's label, each only if it is a category.
REFERENCE = (
    "coalesce("
    "CASE WHEN answer.gold AND known.value = ANY(%(categories)s::jsonb[]) THEN known.value END, "
    "CASE WHEN truth.value = ANY(%(categories)s::jsonb[]) THEN truth.value END, "
    "CASE WHEN NOT answer.gold THEN label.value END)"
)
BESIDE = """
LEFT JOIN labels_label label ON label.data_object_id = {object} AND label.current
LEFT JOIN labels_truth truth ON truth.data_object_id = {object}
LEFT JOIN tasks_gold known ON known.task_id = {object} AND known.active
"""
END = """
SELECT ended.submitted_at, ended.assignment_id FROM unnest(%(streams)s::bigint[]) AS stream(id)
CROSS JOIN LATERAL (
    SELECT answer.submitted_at, answer.assignment_id
    FROM tasks_answer answer JOIN jobs_job job ON job.id = answer.job_id
    WHERE answer.{column} = stream.id AND {where}
    ORDER BY answer.submitted_at DESC, answer.assignment_id DESC OFFSET %(skipped)s LIMIT 1
) ended ORDER BY 1 DESC, 2 DESC LIMIT 1
"""
# Found first, and told of in full afterwards: most of what is looked at is passed over.
ANSWERS = f"""
SELECT answer.assignment_id, answer.job_id, job.name, job.kind, job.medium, object.position, answer.worker_id, {NAME},
       worker.code, answer.submitted_at, answer.value::text, label.value::text,
       coalesce(CASE WHEN answer.gold THEN known.value END, truth.value)::text, label.confidence, answer.seconds,
       answer.active_seconds, answer.gold, answer.late, answer.extra, answer.paid::float8, object.line
FROM (
    SELECT answer.assignment_id FROM tasks_answer answer JOIN jobs_job job ON job.id = answer.job_id
    JOIN workforce_worker worker ON worker.id = answer.worker_id
    LEFT JOIN tasks_task task ON task.data_object_id = answer.task_id
    {BESIDE.format(object="answer.task_id")}
    WHERE {{where}} ORDER BY answer.submitted_at DESC, answer.assignment_id DESC LIMIT %(most)s
) found JOIN tasks_answer answer USING (assignment_id) JOIN jobs_job job ON job.id = answer.job_id
JOIN workforce_worker worker ON worker.id = answer.worker_id
JOIN workforce_workforce workforce ON workforce.id = worker.workforce_id
JOIN identity_user person ON person.id = worker.user_id
LEFT JOIN jobs_dataobject object ON object.id = answer.task_id
{BESIDE.format(object="answer.task_id")}
ORDER BY answer.submitted_at DESC, answer.assignment_id DESC
"""  # noqa: S608 - names of our own
ANSWER_COLUMNS = (
    "answer_id", "job_id", "job", "position", "worker_id", "worker", "code", "submitted_at", "value", "right", "label",
    "confidence", "known", "seconds", "active_seconds", "gold", "late", "extra", "paid", "thumbnail", "text",
)  # fmt: skip
OBJECTS = f"""
SELECT object.position, object.line, label.value::text, label.confidence, coalesce(known.value, truth.value)::text,
       coalesce(task.state, ''), coalesce(task.reason_code, ''), coalesce(task.answer_count, 0),
       object_error.reason_code, object_error.reason_params
FROM jobs_dataobject object LEFT JOIN tasks_task task ON task.data_object_id = object.id
LEFT JOIN jobs_objecterror object_error ON object_error.data_object_id = object.id
{BESIDE.format(object="object.id")}
WHERE object.job_id = %(job)s AND {{where}} ORDER BY object.position LIMIT %(most)s
"""  # noqa: S608 - names of our own
OBJECT_COLUMNS = (
    "position", "label", "confidence", "known", "state", "reason_code", "answers", "reason", "thumbnail", "text",
)  # fmt: skip
TYPES = {
    **dict.fromkeys(("answer_id", "job_id", "worker_id", "answers"), "int64"),
    **dict.fromkeys(("confidence", "seconds", "active_seconds", "paid"), "float64"),
    **dict.fromkeys(("gold", "late", "extra"), "bool"),
}
EXAMPLES = f"""
SELECT pair.place, object.position, object.line
FROM unnest(%(rights)s::jsonb[], %(answers)s::jsonb[]) WITH ORDINALITY AS pair(correct, answered, place)
CROSS JOIN LATERAL (
    SELECT answer.task_id, answer.submitted_at, answer.assignment_id
    FROM tasks_answer answer {BESIDE.format(object="answer.task_id")}
    WHERE answer.job_id = %(job)s AND answer.submitted_at >= %(end)s AND answer.value = pair.answered
    AND {REFERENCE} = pair.correct
    ORDER BY answer.submitted_at DESC, answer.assignment_id DESC LIMIT %(most)s
) answer JOIN jobs_dataobject object ON object.id = answer.task_id
ORDER BY pair.place, answer.submitted_at DESC, answer.assignment_id DESC
"""  # noqa: S608 - names of our own


@dataclass(frozen=True)
class Wanted:
    """Which answers or objects, beyond the filters; what is empty narrows nothing.

    Of answers: `right`: the category that is right, as gtcrowd.analytics.columns.reference has it; `answered`: the
    category that was answered; `wrong`: only those that differ from what is right (these three for kinds with
    categories); `slower`: that took so many seconds or more. Of objects: `state`, one of STATES; `answers`: so many
    were given; `truth`: only those whose truth is known. Of both: `reason`, why the object got no further answers
    (the empty text: it waits for them); `sure`: the label's confidence, from the first up to below the second, where 1
    takes in 1; `position`. All but `slower` need one job in the filters."""

    right: str = ""
    answered: str = ""
    wrong: bool = False
    slower: float | None = None
    state: str = ""
    answers: int | None = None
    truth: bool = False
    reason: str | None = None
    sure: tuple[float, float] | None = None
    position: int | None = None

    @property
    def of_one_job(self) -> bool:
        """Whether it says something only about the answers or objects of one job."""
        return self != Wanted(slower=self.slower)


@dataclass(frozen=True)
class _Narrowed:
    """What an answer is asked for: `column` and `streams`, by which the index leads to answers in the order of time;
    `where`, of which the index knows; `more`, which must be looked up answer by answer; and the facts of all."""

    column: str
    streams: list[int]
    where: list[str]
    more: list[str]
    facts: dict[str, Any]


def answers(
    viewer: Viewer, filters: Filters, wanted: Wanted | None = None, *, after: str = "", size: int = SIZE
) -> tuple[pd.DataFrame, str]:
    """A page of answers, the newest first, and what to give as `after` for the next one; empty at the end.

    answer_id, job_id, job, position (of the object), worker_id, worker (name or code), code, submitted_at (in the
    requester's zone), value, right (whether it is what is known, else the truth, else for kinds with categories the
    job's label; None where there is nothing to hold it against), label and its confidence, known (or the truth),
    seconds, active_seconds, gold, late, extra, paid, thumbnail (address of a picture, good for two hours, else
    empty), text (of a text, else how the object's file is called). Without a job or worker in the filters these are
    answers to the 500 newest jobs within them."""
    wanted = wanted or Wanted()
    asked = _narrowed(viewer, filters, wanted, after)
    if asked is None or not asked.streams:
        return _frame([], ANSWER_COLUMNS), ""
    end = _end(asked, size + 1 if not asked.more else max(size + 1, LOOK // len(asked.streams)))
    where, facts = [*asked.where, *asked.more], asked.facts | {"most": size + 1}
    if len(asked.streams) == 1:
        where.append(f"answer.{asked.column} = %(stream)s")  # with one, the order of the index is that of the page
        facts["stream"] = asked.streams[0]
    else:
        where.append(f"answer.{asked.column} = ANY(%(streams)s)")
    if end:
        where.append("(answer.submitted_at, answer.assignment_id) >= (%(end)s, %(end_id)s)")
        facts |= {"end": end[0], "end_id": end[1]}
    found = rows(ANSWERS.format(where=" AND ".join(where)), facts)
    page, more = found[:size], len(found) > size
    last = (page[-1][9], page[-1][0]) if more else end
    return _frame(_answers_told(viewer, page), ANSWER_COLUMNS), _written(last) if last else ""


def objects(
    viewer: Viewer, filters: Filters, wanted: Wanted | None = None, *, after: str = "", size: int = SIZE
) -> tuple[pd.DataFrame, str]:
    """A page of objects of the one job in the filters, in the order of its manifest, and what to give as `after` for
    the next one; empty at the end. Without one job of the viewer's own there are none.

    position, label, confidence, known (or the truth), state (of its task; empty while it is not handed out),
    reason_code, answers (that filled a slot), reason (a sentence, where it failed), thumbnail, text."""
    job = _job(viewer, filters)
    if job is None:
        return _frame([], OBJECT_COLUMNS), ""
    wanted = wanted or Wanted()
    start = int(after) if re.fullmatch(r"\d{1,9}", after, re.ASCII) else -1
    where, facts = _of_object(wanted), {"job": job.pk, "start": start, "end": start + LOOK, "most": size + 1}
    if wanted.position is not None:
        where.append("object.position = %(position)s")
    else:
        # Said of both: either index leads to the rows in their order.
        where.append("object.position > %(start)s AND object.position <= %(end)s")
        if wanted.reason is not None or wanted.answers is not None:
            where.append("task.job_id = %(job)s AND task.position > %(start)s AND task.position <= %(end)s")
    found = rows(OBJECTS.format(where=" AND ".join(where)), facts | _facts(wanted))
    page, last = found[:size], ""
    if len(found) > size:
        last = str(page[-1][0])
    elif wanted.position is None:
        ((most,),) = rows("SELECT max(position) FROM jobs_dataobject WHERE job_id = %(job)s", facts)
        last = str(start + LOOK) if most is not None and start + LOOK < most else ""
    buckets = _buckets(viewer)
    told = [
        [
            place,
            _value(label),
            sure,
            _value(known),
            *state,
            _sentence(code, params),
            *_shown(line, job.medium, job.pk, buckets),
        ]
        for place, line, label, sure, known, *state, code, params in page
    ]
    return _frame(told, OBJECT_COLUMNS), last


def _sentence(code: str | None, params: str | None) -> str:
    return "" if code is None else sentence(code, json.loads(params or "{}"))


def job(viewer: Viewer, filters: Filters) -> dict[str, Any] | None:
    """The one job in the filters: job_id, job, kind, medium, categories (as answers have them; None for kinds without),
    if it is the viewer's own."""
    found = _job(viewer, filters)
    if found is None:
        return None
    return {
        "job_id": found.pk, "job": found.name, "kind": found.kind, "medium": found.medium,
        "categories": _categories(found),
    }  # fmt: skip


def examples(
    viewer: Viewer, job_id: int, pairs: Sequence[tuple[str, str]], *, most: int = 3
) -> list[list[dict[str, Any]]]:
    """For each pair of the right category and the answered one, some objects of which the newest answers were so:
    position, thumbnail, text. Looked for among the last answers of the job only."""
    found: list[list[dict[str, Any]]] = [[] for _pair in pairs]
    asked = _narrowed(viewer, Filters(jobs=(job_id,)), Wanted(), "")
    own = _job(viewer, Filters(jobs=(job_id,)))
    if asked is None or own is None or not pairs:
        return found
    end = _end(asked, LOOK_FOR_EXAMPLES)
    facts = {
        "job": job_id, "end": end[0] if end else EPOCH, "most": most * own.workers_per_object,
        "categories": _json(_categories(own) or []), "rights": _json([right for right, _answered in pairs]),
        "answers": _json([answered for _right, answered in pairs]),
    }  # fmt: skip
    buckets = _buckets(viewer)
    for place, position, line in rows(EXAMPLES, facts):
        chosen = found[place - 1]
        if len(chosen) < most and all(one["position"] != position for one in chosen):
            thumbnail, text = _shown(line, own.medium, own.pk, buckets)
            chosen.append({"position": position, "thumbnail": thumbnail, "text": text})
    return found


def _narrowed(viewer: Viewer, filters: Filters, wanted: Wanted, after: str) -> _Narrowed | None:
    """None where nothing can be found: what is wanted is of one job, and there is none of the viewer's own."""
    own = _job(viewer, filters) if wanted.of_one_job else None
    if wanted.of_one_job and own is None:
        return None
    of_job, facts = of_jobs(viewer, filters)
    where, more = [of_job], _of_object(wanted)
    facts |= _facts(wanted) | {"categories": _json((_categories(own) if own else None) or [])}
    zone = ZoneInfo(viewer.requester.zone)
    for day, later, sign in ((filters.first_day, 0, ">="), (filters.last_day, 1, "<")):
        if day:
            facts[f"day{later}"] = datetime.combine(day + timedelta(days=later), datetime.min.time(), zone)
            where.append(f"answer.submitted_at {sign} %(day{later})s")
    if cursor := _read(after):
        where.append("(answer.submitted_at, answer.assignment_id) < (%(after)s, %(after_id)s)")
        facts |= {"after": cursor[0], "after_id": cursor[1]}
    if filters.source != "all":
        more.append("answer.gold" if filters.source == "gold" else "NOT answer.gold")
    if filters.workforces:
        more.append("worker.workforce_id = ANY(%(workforces)s)")
        facts["workforces"] = list(filters.workforces)
    more += _of_answer(wanted)
    if wanted.position is not None and own is not None:
        column, streams = "task_id", rows(
            "SELECT id FROM jobs_dataobject WHERE job_id = %(job)s AND position = %(position)s",
            {"job": own.pk, "position": wanted.position},
        )  # fmt: skip
    elif filters.workers:
        column, streams = "worker_id", [(worker,) for worker in filters.workers]
    else:
        column, streams = "job_id", _jobs(of_job, facts)
    if filters.workers and column != "worker_id":
        more.append("answer.worker_id = ANY(%(workers)s)")
        facts["workers"] = list(filters.workers)
    found = [pk for (pk,) in streams]
    return _Narrowed(column, found, where, more, facts | {"streams": found})


def _of_object(wanted: Wanted) -> list[str]:
    parts = []
    if wanted.reason is not None:
        parts.append("task.reason_code = %(reason)s AND task.state <> 'gold'")
    if wanted.answers is not None:
        parts.append("task.answer_count = %(answers)s AND task.state <> 'gold'")
    if wanted.sure is not None:
        parts.append(
            f"label.confidence >= %(low)s AND label.confidence {'<=' if wanted.sure[1] >= 1 else '<'} %(high)s"
        )
    if wanted.truth:
        parts.append("truth.value IS NOT NULL")
    if wanted.state == "labeled":
        parts.append("label.id IS NOT NULL")
    elif wanted.state == "failed":
        parts.append("task.state = 'failed'")
    elif wanted.state == "rest":
        parts.append("label.id IS NULL AND task.state IS DISTINCT FROM 'failed'")
    return parts


def _of_answer(wanted: Wanted) -> list[str]:
    parts = []
    if wanted.answered:
        parts.append("answer.value = %(answered)s::jsonb")
    if wanted.right:
        parts.append(f"{REFERENCE} = %(correct)s::jsonb")
    if wanted.wrong:
        parts.append(f"{REFERENCE} <> answer.value")
    if wanted.slower is not None:
        parts.append("answer.seconds >= %(slower)s")
    return parts


def _facts(wanted: Wanted) -> dict[str, Any]:
    low, high = wanted.sure or (0, 1)
    return {
        "reason": wanted.reason, "answers": wanted.answers, "low": low, "high": high, "position": wanted.position,
        "answered": json.dumps(wanted.answered), "correct": json.dumps(wanted.right), "slower": wanted.slower,
    }  # fmt: skip


def _end(asked: _Narrowed, each: int) -> tuple[datetime, int] | None:
    """Where a page ends at the latest: the newest place at which `each` answers of one of the streams have been looked
    at; None where all can be."""
    query = END.format(column=asked.column, where=" AND ".join(asked.where))
    found = rows(query, asked.facts | {"skipped": each - 1})
    return (found[0][0], found[0][1]) if found else None


def _job(viewer: Viewer, filters: Filters) -> Job | None:
    found: Job | None = None
    if len(filters.jobs) == 1:
        found = Job.objects.visible_to(viewer).filter(pk=filters.jobs[0]).first()
    return found


def _jobs(of_job: str, facts: Mapping[str, Any]) -> list[tuple[int]]:
    """The newest jobs within the filters that had begun by the last day."""
    begun = " AND job.created_at < %(day1)s" if "day1" in facts else ""
    query = f"SELECT job.id FROM jobs_job job WHERE {of_job}{begun} ORDER BY job.created_at DESC LIMIT {MOST_JOBS}"  # noqa: S608
    return [(pk,) for (pk,) in rows(query, facts)]


def _categories(of: Job) -> Sequence[Any] | None:
    return kinds.kind(of.kind).values(of.categories)


def _answers_told(viewer: Viewer, found: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    zone, buckets = ZoneInfo(viewer.requester.zone), _buckets(viewer) if found else frozenset()
    told = []
    for pk, job_id, name, kind, medium, place, worker_id, worker, code, at, value, label, known, sure, *rest in found:
        seconds, active_seconds, gold, late, extra, paid, line = rest
        given, concluded, right = _value(value), _value(label), _value(known)
        told.append([
            pk, job_id, name, place, worker_id, worker, code, at.astimezone(zone), given,
            _is_right(kinds.kind(kind), given, right, None if gold else concluded), concluded, sure, right, seconds,
            active_seconds, gold, late, extra, paid, *_shown(line or "{}", medium, job_id, buckets),
        ])  # fmt: skip
    return told


def _is_right(kind: kinds.Kind, value: Any, known: Any, label: Any) -> bool | None:
    if known is not None:
        return kind.matches(value, known)
    # A label of another kind is alike more or less, and no two people draw the same.
    return None if label is None or kind.values([""]) is None else bool(value == label)


def _shown(line: str, medium: str, job_id: int, buckets: frozenset[str]) -> tuple[str, str]:
    """Address of an object's picture (else empty), and its text or what its file is called. Only what lies in one of
    the requester's own buckets has an address: a manifest might name any."""
    fields = json.loads(line)
    uri = fields.get("source-ref")
    if not isinstance(uri, str):
        return "", str(fields.get("source", ""))
    own = medium == "image" and store.bucket(uri) in buckets
    return signed.address(uri.strip(), job_id=job_id) if own else "", uri.strip().rpartition("/")[2]


def _buckets(viewer: Viewer) -> frozenset[str]:
    return frozenset(viewer.requester.buckets.values_list("name", flat=True))


def _frame(told: Sequence[Sequence[Any]], columns: Sequence[str]) -> pd.DataFrame:
    """Values as they are: one that is not there stays None, and does not become a number."""
    frame = pd.DataFrame(told, columns=list(columns), dtype=object)
    return frame.astype({name: kind for name, kind in TYPES.items() if name in frame})


def _value(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _json(values: Sequence[Any]) -> list[str]:
    return [json.dumps(value) for value in values]


def _written(moment: tuple[datetime, int]) -> str:
    at, pk = moment
    return f"{(at - EPOCH) // timedelta(microseconds=1)}-{pk}"


def _read(after: str) -> tuple[datetime, int] | None:
    found = MOMENT.fullmatch(after)
    return (EPOCH + timedelta(microseconds=int(found[1])), int(found[2])) if found else None


def reached(viewer: Viewer, after: str) -> datetime | None:
    """How far back answers have been looked at, in the requester's zone, as a page's `after` has it."""
    found = _read(after)
    return found[0].astimezone(ZoneInfo(viewer.requester.zone)) if found else None
