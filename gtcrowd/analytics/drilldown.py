"""List the answers behind a number, and the objects behind an answer, for a click on a cell or a bar.

Rows come in pages, each starting after the last row of the previous one: answers from newest to oldest, objects in the
order of the manifest. Nothing is counted, and no page scans more than LOOK answers or objects, however large the job:
if the scan ends before the page is full, the page is short and the next one continues the scan.
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
from gtcrowd.analytics import reference_label
from gtcrowd.analytics.columns import rows
from gtcrowd.analytics.filters import Filters, of_jobs
from gtcrowd.analytics.frames import NAME
from gtcrowd.identity.access import Viewer
from gtcrowd.jobs import signed, store
from gtcrowd.jobs.models import Job
from gtcrowd.platform.reasons import sentence

SIZE = 50
LOOK, LOOK_FOR_EXAMPLES = 50_000, 5_000
"""Maximum number of answers or objects scanned for a page, and for the examples of a pair of categories."""
MOST_JOBS = 500
STATES = ("labeled", "failed", "rest")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENT = re.compile(r"(\d{1,17})-(\d{1,18})", re.ASCII)

END = """
SELECT ended.submitted_at, ended.assignment_id FROM unnest(%(streams)s::bigint[]) AS stream(id)
CROSS JOIN LATERAL (
    SELECT answer.submitted_at, answer.assignment_id
    FROM tasks_answer answer JOIN jobs_job job ON job.id = answer.job_id
    WHERE answer.{column} = stream.id AND {where}
    ORDER BY answer.submitted_at DESC, answer.assignment_id DESC OFFSET %(skipped)s LIMIT 1
) ended ORDER BY 1 DESC, 2 DESC LIMIT 1
"""
# Ids first and the details afterwards: most of the scanned rows are skipped.
ANSWERS = f"""
SELECT answer.assignment_id, answer.job_id, job.name, job.kind, job.medium, object.position, answer.worker_id, {NAME},
       worker.code, answer.submitted_at, answer.value::text, label.value::text,
       {reference_label.CERTAIN}::text, label.confidence, answer.seconds,
       answer.active_seconds, answer.gold, answer.late, answer.extra, answer.paid::float8, object.line
FROM (
    SELECT answer.assignment_id FROM tasks_answer answer JOIN jobs_job job ON job.id = answer.job_id
    JOIN workforce_worker worker ON worker.id = answer.worker_id
    LEFT JOIN tasks_task task ON task.data_object_id = answer.task_id
    {reference_label.joins("answer.task_id")}
    WHERE {{where}} ORDER BY answer.submitted_at DESC, answer.assignment_id DESC LIMIT %(most)s
) chosen JOIN tasks_answer answer USING (assignment_id) JOIN jobs_job job ON job.id = answer.job_id
JOIN workforce_worker worker ON worker.id = answer.worker_id
JOIN workforce_workforce workforce ON workforce.id = worker.workforce_id
JOIN identity_user person ON person.id = worker.user_id
LEFT JOIN jobs_dataobject object ON object.id = answer.task_id
{reference_label.joins("answer.task_id")}
ORDER BY answer.submitted_at DESC, answer.assignment_id DESC
"""  # noqa: S608 - names of our own
ANSWER_COLUMNS = (
    "answer_id", "job_id", "job", "position", "worker_id", "worker", "code", "submitted_at", "value", "right", "label",
    "confidence", "known", "seconds", "active_seconds", "gold", "late", "extra", "paid", "thumbnail", "text",
)  # fmt: skip
OBJECTS = f"""
SELECT object.position, object.line, label.value::text, label.confidence, {reference_label.CERTAIN_OF_OBJECT}::text,
       coalesce(task.state, ''), coalesce(task.reason_code, ''), coalesce(task.answer_count, 0),
       object_error.reason_code, object_error.reason_params
FROM jobs_dataobject object LEFT JOIN tasks_task task ON task.data_object_id = object.id
LEFT JOIN jobs_objecterror object_error ON object_error.data_object_id = object.id
{reference_label.joins("object.id")}
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
    FROM tasks_answer answer {reference_label.joins("answer.task_id")}
    WHERE answer.job_id = %(job)s AND answer.submitted_at >= %(end)s AND answer.value = pair.answered
    AND {reference_label.CATEGORY} = pair.correct
    ORDER BY answer.submitted_at DESC, answer.assignment_id DESC LIMIT %(most)s
) answer JOIN jobs_dataobject object ON object.id = answer.task_id
ORDER BY pair.place, answer.submitted_at DESC, answer.assignment_id DESC
"""  # noqa: S608 - names of our own


@dataclass(frozen=True)
class AnswerFilter:
    """Which answers or objects, beyond the filters; what is empty narrows nothing.

    Of answers: `right`: the category that is right, as reference_label.CATEGORY has it; `answered`: the
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
        return self != AnswerFilter(slower=self.slower)


@dataclass(frozen=True)
class _AnswerQuery:
    """The SQL of a filter of answers.

    column, streams  column and values by which an index returns answers in time order
    where            conditions that the index covers
    more             conditions that are checked answer by answer
    params           parameters of all conditions
    """

    column: str
    streams: list[int]
    where: list[str]
    more: list[str]
    params: dict[str, Any]


def answers(
    viewer: Viewer, filters: Filters, answer_filter: AnswerFilter | None = None, *, after: str = "", size: int = SIZE
) -> tuple[pd.DataFrame, str]:
    """Return a page of answers, newest first, and the cursor `after` of the next page; empty at the end.

    answer_id, job_id, job, position (of the object), worker_id, worker (name or code), code, submitted_at (in the
    requester's time zone), value, right (whether it matches the gold answer, else the truth, else for kinds with
    categories the label; None without a reference), label, confidence, known (gold answer or truth), seconds,
    active_seconds, gold, late, extra, paid, thumbnail (URL of an image, valid for two hours, else empty), text (content
    of a text, else the name of the object's file). Without a job or worker in the filters, only the newest MOST_JOBS
    jobs are scanned.
    """
    answer_filter = answer_filter or AnswerFilter()
    query = _query(viewer, filters, answer_filter, after)
    if query is None or not query.streams:
        return _frame([], ANSWER_COLUMNS), ""
    end = _end(query, size + 1 if not query.more else max(size + 1, LOOK // len(query.streams)))
    where, params = [*query.where, *query.more], query.params | {"most": size + 1}
    if len(query.streams) == 1:
        where.append(f"answer.{query.column} = %(stream)s")  # with one, the order of the index is that of the page
        params["stream"] = query.streams[0]
    else:
        where.append(f"answer.{query.column} = ANY(%(streams)s)")
    if end:
        where.append("(answer.submitted_at, answer.assignment_id) >= (%(end)s, %(end_id)s)")
        params |= {"end": end[0], "end_id": end[1]}
    records = rows(ANSWERS.format(where=" AND ".join(where)), params)
    page, more = records[:size], len(records) > size
    last = (page[-1][9], page[-1][0]) if more else end
    return _frame(_answer_rows(viewer, page), ANSWER_COLUMNS), _cursor(last) if last else ""


def objects(
    viewer: Viewer, filters: Filters, answer_filter: AnswerFilter | None = None, *, after: str = "", size: int = SIZE
) -> tuple[pd.DataFrame, str]:
    """Return a page of objects of the job in the filters, in manifest order, and the cursor `after` of the next page.

    position, label, confidence, known (gold answer or truth), state (of the task; empty if not opened), reason_code,
    answers (that filled a slot), reason (message, if it failed), thumbnail, text. Empty unless the filters name exactly
    one of the viewer's jobs.
    """
    job = _job(viewer, filters)
    if job is None:
        return _frame([], OBJECT_COLUMNS), ""
    answer_filter = answer_filter or AnswerFilter()
    start = int(after) if re.fullmatch(r"\d{1,9}", after, re.ASCII) else -1
    where, params = (
        _object_conditions(answer_filter),
        {"job": job.pk, "start": start, "end": start + LOOK, "most": size + 1},
    )
    if answer_filter.position is not None:
        where.append("object.position = %(position)s")
    else:
        # Conditions on both tables, so that either index returns the rows in order.
        where.append("object.position > %(start)s AND object.position <= %(end)s")
        if answer_filter.reason is not None or answer_filter.answers is not None:
            where.append("task.job_id = %(job)s AND task.position > %(start)s AND task.position <= %(end)s")
    records = rows(OBJECTS.format(where=" AND ".join(where)), params | _params(answer_filter))
    page, last = records[:size], ""
    if len(records) > size:
        last = str(page[-1][0])
    elif answer_filter.position is None:
        ((most,),) = rows("SELECT max(position) FROM jobs_dataobject WHERE job_id = %(job)s", params)
        last = str(start + LOOK) if most is not None and start + LOOK < most else ""
    buckets = _buckets(viewer)
    table = [
        [
            position,
            _value(label),
            confidence,
            _value(gold),
            *state,
            _sentence(code, reason_params),
            *_preview(line, job.medium, job.pk, buckets),
        ]
        for position, line, label, confidence, gold, *state, code, reason_params in page
    ]
    return _frame(table, OBJECT_COLUMNS), last


def _sentence(code: str | None, params: str | None) -> str:
    return "" if code is None else sentence(code, json.loads(params or "{}"))


def job(viewer: Viewer, filters: Filters) -> dict[str, Any] | None:
    """Return the single job in the filters: job_id, job, kind, medium, categories (None for kinds without categories).

    None unless the filters name exactly one of the viewer's jobs.
    """
    own = _job(viewer, filters)
    if own is None:
        return None
    return {
        "job_id": own.pk, "job": own.name, "kind": own.kind, "medium": own.medium,
        "categories": _categories(own),
    }  # fmt: skip


def examples(
    viewer: Viewer, job_id: int, pairs: Sequence[tuple[str, str]], *, most: int = 3
) -> list[list[dict[str, Any]]]:
    """Return up to `most` objects with recent such answers for each pair (right category, answered category).

    position, thumbnail, text. Only the last LOOK_FOR_EXAMPLES answers of the job are scanned.
    """
    objects_of_pairs: list[list[dict[str, Any]]] = [[] for _pair in pairs]
    query = _query(viewer, Filters(jobs=(job_id,)), AnswerFilter(), "")
    own = _job(viewer, Filters(jobs=(job_id,)))
    if query is None or own is None or not pairs:
        return objects_of_pairs
    end = _end(query, LOOK_FOR_EXAMPLES)
    params = {
        "job": job_id, "end": end[0] if end else EPOCH, "most": most * own.workers_per_object,
        "categories": _json(_categories(own) or []), "rights": _json([right for right, _answered in pairs]),
        "answers": _json([answered for _right, answered in pairs]),
    }  # fmt: skip
    buckets = _buckets(viewer)
    for pair, position, line in rows(EXAMPLES, params):
        chosen = objects_of_pairs[pair - 1]
        if len(chosen) < most and all(example["position"] != position for example in chosen):
            thumbnail, text = _preview(line, own.medium, own.pk, buckets)
            chosen.append({"position": position, "thumbnail": thumbnail, "text": text})
    return objects_of_pairs


def _query(viewer: Viewer, filters: Filters, answer_filter: AnswerFilter, after: str) -> _AnswerQuery | None:
    """Return the SQL of the filters; None if they need a job and none of the viewer's jobs is named."""
    own = _job(viewer, filters) if answer_filter.of_one_job else None
    if answer_filter.of_one_job and own is None:
        return None
    of_job, params = of_jobs(viewer, filters)
    where, more = [of_job], _object_conditions(answer_filter)
    params |= _params(answer_filter) | {"categories": _json((_categories(own) if own else None) or [])}
    zone = ZoneInfo(viewer.requester.zone)
    for day, later, sign in ((filters.first_day, 0, ">="), (filters.last_day, 1, "<")):
        if day:
            params[f"day{later}"] = datetime.combine(day + timedelta(days=later), datetime.min.time(), zone)
            where.append(f"answer.submitted_at {sign} %(day{later})s")
    if cursor := _read(after):
        where.append("(answer.submitted_at, answer.assignment_id) < (%(after)s, %(after_id)s)")
        params |= {"after": cursor[0], "after_id": cursor[1]}
    if filters.source != "all":
        more.append("answer.gold" if filters.source == "gold" else "NOT answer.gold")
    if filters.workforces:
        more.append("worker.workforce_id = ANY(%(workforces)s)")
        params["workforces"] = list(filters.workforces)
    more += _answer_conditions(answer_filter)
    if answer_filter.position is not None and own is not None:
        column, streams = "task_id", rows(
            "SELECT id FROM jobs_dataobject WHERE job_id = %(job)s AND position = %(position)s",
            {"job": own.pk, "position": answer_filter.position},
        )  # fmt: skip
    elif filters.workers:
        column, streams = "worker_id", [(worker,) for worker in filters.workers]
    else:
        column, streams = "job_id", _jobs(of_job, params)
    if filters.workers and column != "worker_id":
        more.append("answer.worker_id = ANY(%(workers)s)")
        params["workers"] = list(filters.workers)
    ids = [pk for (pk,) in streams]
    return _AnswerQuery(column, ids, where, more, params | {"streams": ids})


def _object_conditions(answer_filter: AnswerFilter) -> list[str]:
    parts = []
    if answer_filter.reason is not None:
        parts.append("task.reason_code = %(reason)s AND task.state <> 'gold'")
    if answer_filter.answers is not None:
        parts.append("task.answer_count = %(answers)s AND task.state <> 'gold'")
    if answer_filter.sure is not None:
        parts.append(
            f"label.confidence >= %(low)s AND label.confidence {'<=' if answer_filter.sure[1] >= 1 else '<'} %(high)s"
        )
    if answer_filter.truth:
        parts.append("truth.value IS NOT NULL")
    if answer_filter.state == "labeled":
        parts.append("label.id IS NOT NULL")
    elif answer_filter.state == "failed":
        parts.append("task.state = 'failed'")
    elif answer_filter.state == "rest":
        parts.append("label.id IS NULL AND task.state IS DISTINCT FROM 'failed'")
    return parts


def _answer_conditions(answer_filter: AnswerFilter) -> list[str]:
    parts = []
    if answer_filter.answered:
        parts.append("answer.value = %(answered)s::jsonb")
    if answer_filter.right:
        parts.append(f"{reference_label.CATEGORY} = %(correct)s::jsonb")
    if answer_filter.wrong:
        parts.append(f"{reference_label.CATEGORY} <> answer.value")
    if answer_filter.slower is not None:
        parts.append("answer.seconds >= %(slower)s")
    return parts


def _params(answer_filter: AnswerFilter) -> dict[str, Any]:
    low, high = answer_filter.sure or (0, 1)
    return {
        "reason": answer_filter.reason, "answers": answer_filter.answers, "low": low, "high": high,
        "position": answer_filter.position,
        "answered": json.dumps(answer_filter.answered), "correct": json.dumps(answer_filter.right),
        "slower": answer_filter.slower,
    }  # fmt: skip


def _end(query: _AnswerQuery, each: int) -> tuple[datetime, int] | None:
    """Return the cursor at which a page must end: the newest at which `each` answers of a stream are scanned.

    None if all answers can be scanned.
    """
    sql = END.format(column=query.column, where=" AND ".join(query.where))
    records = rows(sql, query.params | {"skipped": each - 1})
    return (records[0][0], records[0][1]) if records else None


def _job(viewer: Viewer, filters: Filters) -> Job | None:
    job_: Job | None = None
    if len(filters.jobs) == 1:
        job_ = Job.objects.visible_to(viewer).filter(pk=filters.jobs[0]).first()
    return job_


def _jobs(of_job: str, params: Mapping[str, Any]) -> list[tuple[int]]:
    """Return the newest jobs within the filters that were created by the last day."""
    begun = " AND job.created_at < %(day1)s" if "day1" in params else ""
    query = f"SELECT job.id FROM jobs_job job WHERE {of_job}{begun} ORDER BY job.created_at DESC LIMIT {MOST_JOBS}"  # noqa: S608
    return [(pk,) for (pk,) in rows(query, params)]


def _categories(of: Job) -> Sequence[Any] | None:
    return kinds.kind(of.kind).values(of.categories)


def _answer_rows(viewer: Viewer, records: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    zone, buckets = ZoneInfo(viewer.requester.zone), _buckets(viewer) if records else frozenset()
    table = []
    for (
        pk,
        job_id,
        name,
        kind,
        medium,
        position,
        worker_id,
        worker,
        code,
        at,
        value,
        label,
        reference,
        sure,
        *rest,
    ) in records:
        seconds, active_seconds, gold, late, extra, paid, line = rest
        answer, label_value, right = _value(value), _value(label), _value(reference)
        table.append([
            pk, job_id, name, position, worker_id, worker, code, at.astimezone(zone), answer,
            _is_right(kinds.kind(kind), answer, right, None if gold else label_value), label_value, sure, right,
            seconds, active_seconds, gold, late, extra, paid, *_preview(line or "{}", medium, job_id, buckets),
        ])  # fmt: skip
    return table


def _is_right(kind: kinds.Kind, value: Any, reference: Any, label: Any) -> bool | None:
    if reference is not None:
        return kind.matches(value, reference)
    # Values of other kinds match a label by degree only.
    return None if label is None or kind.values([""]) is None else bool(value == label)


def _preview(line: str, medium: str, job_id: int, buckets: frozenset[str]) -> tuple[str, str]:
    """Return the URL of an object's image (else empty), and its text or the name of its file.

    Only objects in the requester's own buckets get a URL, because a manifest can name any bucket.
    """
    fields = json.loads(line)
    uri = fields.get("source-ref")
    if not isinstance(uri, str):
        return "", str(fields.get("source", ""))
    own = medium == "image" and store.bucket(uri) in buckets
    return signed.address(uri.strip(), job_id=job_id) if own else "", uri.strip().rpartition("/")[2]


def _buckets(viewer: Viewer) -> frozenset[str]:
    return frozenset(viewer.requester.buckets.values_list("name", flat=True))


def _frame(table: Sequence[Sequence[Any]], columns: Sequence[str]) -> pd.DataFrame:
    """Return a frame of the values as they are; a missing value stays None."""
    frame = pd.DataFrame(table, columns=list(columns), dtype=object)
    return frame.astype({name: kind for name, kind in TYPES.items() if name in frame})


def _value(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _json(values: Sequence[Any]) -> list[str]:
    return [json.dumps(value) for value in values]


def _cursor(moment: tuple[datetime, int]) -> str:
    at, pk = moment
    return f"{(at - EPOCH) // timedelta(microseconds=1)}-{pk}"


def _read(after: str) -> tuple[datetime, int] | None:
    match = MOMENT.fullmatch(after)
    return (EPOCH + timedelta(microseconds=int(match[1])), int(match[2])) if match else None


def reached(viewer: Viewer, after: str) -> datetime | None:
    """Return the time down to which a cursor has scanned, in the requester's time zone."""
    cursor = _read(after)
    return cursor[0].astimezone(ZoneInfo(viewer.requester.zone)) if cursor else None
