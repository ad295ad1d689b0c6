"""Rank of a slot in the task order of its job."""

RANK = """
CASE %(task_order)s::text
    WHEN 'least-answered' THEN ((number - 1)::bigint << 32) + task.rank
    WHEN 'most-uncertain' THEN (((1 - coalesce(task.value_of_more_answers, 1)) * 1073741824)::bigint << 32) + task.rank
    ELSE task.rank
END
"""
"""Rank of slot `number` of `task`, both columns. Least answered first: the first slots of all objects come before the
second ones. Most uncertain first: those where answers help most; an object without any is in most doubt of all."""

ADD = f"""
INSERT INTO tasks_slot (task_id, number, job_id, rank, free_at, fence, withdrawn)
SELECT task.data_object_id, number, task.job_id, {RANK}, %(now)s::timestamptz, 0, false
FROM tasks_task task
CROSS JOIN LATERAL (SELECT coalesce(max(slot.number), 0) AS last FROM tasks_slot slot
                    WHERE slot.task_id = task.data_object_id) AS numbered
CROSS JOIN LATERAL generate_series(numbered.last + 1, numbered.last + {{more}}) AS number
WHERE {{which}}
"""  # noqa: S608
"""Add `more` slots to each task of `which`; they are free from now on."""
