"""Serializers of requests and responses. The fields of a job are validated by the room jobs, not here."""

from dataclasses import asdict
from typing import Any

from rest_framework import serializers

from gtcrowd.api.job_fields import SHOWN, JobChangeSerializer, JobRequestSerializer, serializer_of
from gtcrowd.jobs.fields import TRIAL
from gtcrowd.jobs.models import Hook, Job, JobChange
from gtcrowd.labels.models import Run
from gtcrowd.tasks.models import About, Gold
from gtcrowd.workforce.models import Team, Worker
from gtcrowd.workpage.trial import Trial

__all__ = ["JobChangeSerializer", "JobRequestSerializer"]


class GoldRequestSerializer(serializers.Serializer[Any]):
    object = serializers.IntegerField(min_value=0, help_text="Line of the manifest, counted from 0.")
    value = serializers.JSONField()
    explanation = serializers.CharField(max_length=1000, required=False)


class GoldSerializer(serializers.ModelSerializer[Gold]):
    object = serializers.IntegerField(source="task.position")

    class Meta:
        model = Gold
        fields = ("object", "value", "explanation", "active", "corrected_at")


class GoldDeclaredSerializer(serializers.Serializer[Any]):
    declared = serializers.IntegerField()


class CorrectionSerializer(serializers.Serializer[Any]):
    value = serializers.JSONField()
    explanation = serializers.CharField(max_length=1000, required=False)


class RecountedSerializer(serializers.Serializer[Any]):
    workers = serializers.IntegerField(help_text="Number of workers whose counts changed.")


class GoldCountSerializer(serializers.Serializer[Any]):
    seen = serializers.IntegerField()
    right = serializers.IntegerField()
    low = serializers.FloatField(allow_null=True, help_text="95 % interval of the accuracy.")
    high = serializers.FloatField(allow_null=True)


class JobWorkerSerializer(serializers.Serializer[Any]):
    worker = serializers.CharField()
    state = serializers.CharField()
    reason_code = serializers.CharField()
    reason = serializers.CharField()
    answers = serializers.IntegerField()
    seconds = serializers.FloatField()
    paid = serializers.DecimalField(max_digits=14, decimal_places=3)
    gold = GoldCountSerializer()


class JobWorkerRequestSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=["paused", "working"])
    reason = serializers.CharField(max_length=200, required=False)


class MessageSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    worker = serializers.CharField()
    from_worker = serializers.BooleanField()
    author = serializers.EmailField(
        allow_null=True, help_text="The member who answered; null for workers and programs."
    )
    about = serializers.ChoiceField(choices=About.choices, allow_blank=True)
    object = serializers.IntegerField(
        allow_null=True, help_text="Line of the manifest, if the message is about a task."
    )
    text = serializers.CharField()
    sent_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True, help_text="When the worker read the answer.")
    done_at = serializers.DateTimeField(allow_null=True, help_text="When a worker's message was marked as done.")


class MessagePageSerializer(serializers.Serializer[Any]):
    results = MessageSerializer(many=True)
    next = serializers.URLField(allow_null=True)


class AnswerMessageSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=1000)
    done = serializers.BooleanField(required=False, default=False, help_text="Also mark the worker's message as done.")


class DoneSerializer(serializers.Serializer[Any]):
    done = serializers.BooleanField(help_text="false: mark the worker's last message as waiting.")


class DoneCountSerializer(serializers.Serializer[Any]):
    changed = serializers.IntegerField()


class ObjectSerializer(serializers.Serializer[Any]):
    object = serializers.IntegerField()
    object_id = serializers.CharField(allow_null=True)
    state = serializers.CharField(allow_null=True, help_text="null if the object is not open yet.")
    reason_code = serializers.CharField(allow_null=True)
    reason = serializers.CharField(allow_null=True, help_text="Details if a hook failed.")
    answers = serializers.IntegerField(allow_null=True)
    target_answers = serializers.IntegerField(allow_null=True)
    expected_error = serializers.FloatField(allow_null=True)


class ObjectPageSerializer(serializers.Serializer[Any]):
    results = ObjectSerializer(many=True)
    next = serializers.URLField(allow_null=True)


class HookSerializer(serializers.ModelSerializer[Hook]):
    set_by = serializers.EmailField(source="set_by.email", default=None, help_text="null if changed by a program.")

    class Meta:
        model = Hook
        fields = ("stage", "number", "target", "set_at", "set_by")


class ChangeSerializer(serializers.ModelSerializer[JobChange]):
    by = serializers.EmailField(source="by.email", default=None, help_text="null if changed by a program.")

    class Meta:
        model = JobChange
        fields = ("at", "by", "field", "before", "after")


class HookSecretSerializer(serializers.Serializer[Any]):
    secret = serializers.CharField(help_text="Key of the HMAC-SHA-256 in X-Gtcrowd-Signature.")


class SettingsSerializer(serializers.Serializer[Any]):
    script_origins = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=20,
        help_text="Other origins that your task templates may load scripts from and send data to.",
    )  # fmt: skip


class TryRequestSerializer(serializer_of("TrialFieldsSerializer", TRIAL, "Fields of the job to test.", partial=True)):  # type: ignore[misc]
    """Fields of a job; with `job`, what is left out is as in that job."""

    job = serializers.CharField(required=False, help_text="Name of one of your jobs.")
    answers = serializers.ListField(
        child=serializers.DictField(), required=False, max_length=9,
        help_text="Sample answers to each object for the post-annotation hook. Default: the answers submitted so far.",
    )  # fmt: skip


class TriedObjectSerializer(serializers.Serializer[Any]):
    object = serializers.IntegerField()
    request = serializers.DictField(allow_null=True)
    response = serializers.JSONField(allow_null=True)
    task_input = serializers.DictField(allow_null=True)
    needs_workers = serializers.BooleanField()
    rendered = serializers.CharField(help_text="The rendered worker page (HTML).")
    blocked_origins = serializers.ListField(
        child=serializers.CharField(), help_text="Foreign origins that the page wants and that are not allowed."
    )
    fault = serializers.CharField()


class TriedAfterSerializer(serializers.Serializer[Any]):
    request = serializers.DictField()
    payload = serializers.ListField(child=serializers.DictField())
    response = serializers.JSONField(allow_null=True)
    fault = serializers.CharField()


class TriedSerializer(serializers.Serializer[Any]):
    objects = TriedObjectSerializer(many=True)
    after = TriedAfterSerializer(allow_null=True)


def tried(trial: Trial) -> dict[str, Any]:
    """A trial as `TriedSerializer` shows it."""
    return {
        "objects": [asdict(tried_object) | {"object": tried_object.position} for tried_object in trial.objects],
        "after": asdict(trial.after) if trial.after else None,
    }


class ExportSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    media_type = serializers.CharField()


class ObjectsRequestSerializer(serializers.Serializer[Any]):
    objects = serializers.ListField(child=serializers.DictField(), help_text="Lines of a manifest; at most 10,000.")


class ArrivedSerializer(serializers.Serializer[Any]):
    added = serializers.IntegerField()
    repeated = serializers.IntegerField()


class WebhookSerializer(serializers.Serializer[Any]):
    url = serializers.URLField()
    secret = serializers.CharField(help_text="Key of the HMAC-SHA-256 of the body, sent as sha256=HEX.")


class CountersSerializer(serializers.Serializer[Any]):
    total_labeled = serializers.IntegerField()
    human_labeled = serializers.IntegerField()
    machine_labeled = serializers.IntegerField()
    labeled_before = serializers.IntegerField(help_text="Objects whose line came with the label.")
    failed = serializers.IntegerField()
    unlabeled = serializers.IntegerField()
    answers = serializers.IntegerField()
    expected_error = serializers.FloatField(allow_null=True)
    saved = serializers.DictField(allow_null=True)
    as_of = serializers.DateTimeField()


class JobSerializer(serializers.ModelSerializer[Job]):
    team = serializers.CharField(source="team.name")
    counters = serializers.SerializerMethodField()
    price = serializers.DecimalField(max_digits=14, decimal_places=3)

    class Meta:
        model = Job
        fields = (
            *SHOWN, "paused_at", "state",
            "reason_code", "reason", "objects_total", "objects_ingested", "counters", "created_at", "changed_at",
            "started_at", "ended_at",
        )  # fmt: skip

    def get_counters(self, job: Job) -> dict[str, Any]:
        counted = job.counters
        return {
            "total_labeled": counted.labeled,
            "human_labeled": counted.human_labeled,
            "machine_labeled": counted.machine_labeled,
            "labeled_before": counted.labeled_before,
            "failed": counted.failed,
            "unlabeled": job.objects_total - counted.labeled - counted.failed,
            "answers": counted.answers,
            "expected_error": counted.expected_error,
            "saved": counted.saved,
            "as_of": counted.counted_at,
        }


class PlanWarningSerializer(serializers.Serializer[Any]):
    field = serializers.CharField()
    code = serializers.CharField()
    params = serializers.DictField(child=serializers.JSONField())
    text = serializers.CharField(source="sentence")


class PlanSerializer(serializers.Serializer[Any]):
    objects = serializers.IntegerField()
    tasks = serializers.IntegerField()
    cost_of_answers = serializers.DecimalField(max_digits=14, decimal_places=3)
    fees = serializers.DecimalField(max_digits=14, decimal_places=3)
    total = serializers.DecimalField(max_digits=14, decimal_places=3)
    available = serializers.DecimalField(max_digits=14, decimal_places=3)
    warnings = PlanWarningSerializer(many=True, help_text="What to look at again; nothing of it prevents the job.")


class LabelSerializer(serializers.Serializer[Any]):
    object = serializers.IntegerField(help_text="Line of the manifest, counted from 0.")
    label = serializers.JSONField()  # type: ignore[assignment]
    confidence = serializers.FloatField()
    posterior = serializers.DictField(child=serializers.FloatField(), allow_null=True)
    parts = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="Confidence of each part of the label."
    )
    answers = serializers.IntegerField()
    method = serializers.CharField()
    run = serializers.IntegerField()
    changed_at = serializers.DateTimeField()


class LabelPageSerializer(serializers.Serializer[Any]):
    results = LabelSerializer(many=True)
    next = serializers.URLField(allow_null=True)


class AnswerSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    object = serializers.IntegerField()
    worker = serializers.CharField(help_text="The worker's code.")
    value = serializers.JSONField()
    seconds = serializers.FloatField()
    active_seconds = serializers.FloatField(allow_null=True)
    paid = serializers.DecimalField(max_digits=14, decimal_places=3)
    late = serializers.BooleanField()
    extra = serializers.BooleanField()
    gold = serializers.BooleanField()
    submitted_at = serializers.DateTimeField()


class AnswerPageSerializer(serializers.Serializer[Any]):
    results = AnswerSerializer(many=True)
    next = serializers.URLField(allow_null=True)


class RunSerializer(serializers.ModelSerializer[Run]):
    class Meta:
        model = Run
        fields = (
            "id", "method", "official", "state", "reason", "answers", "labels", "steps", "converged", "objective",
            "parameters", "versions", "drift", "seconds", "created_at", "ended_at",
        )  # fmt: skip


class RunRequestSerializer(serializers.Serializer[Any]):
    method = serializers.CharField()


class TeamSerializer(serializers.ModelSerializer[Team]):
    workforce = serializers.CharField(source="workforce.type", read_only=True)

    class Meta:
        model = Team
        fields = ("name", "description", "workforce", "created_at")
        read_only_fields = ("created_at",)


class WorkerSerializer(serializers.ModelSerializer[Worker]):
    email = serializers.EmailField(source="user.email")
    name = serializers.CharField(source="user.name")
    teams = serializers.SlugRelatedField("name", many=True, read_only=True)  # type: ignore[var-annotated]

    class Meta:
        model = Worker
        fields = ("code", "name", "email", "state", "reason", "teams", "invited_at", "joined_at")


class InvitationSerializer(serializers.Serializer[Any]):
    emails = serializers.ListField(child=serializers.CharField(), help_text="At most 1000 addresses.")
    team = serializers.CharField(required=False)


class UploadedSerializer(serializers.Serializer[Any]):
    uri = serializers.CharField()
    size = serializers.IntegerField()


class ProblemSerializer(serializers.Serializer[Any]):
    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    faults = serializers.ListField(child=serializers.DictField(), required=False)


class ReportSerializer(serializers.Serializer[Any]):
    report = serializers.CharField()
    as_of = serializers.DateTimeField()
    time_zone = serializers.CharField()
    waiting = serializers.IntegerField(help_text="Events that are not yet included in the totals.")
    rows = serializers.ListField(child=serializers.DictField())


class DefinitionSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    unit = serializers.CharField()
    meaning = serializers.CharField()
    formula = serializers.CharField()
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]  # a field of that name
    undefined = serializers.CharField(allow_blank=True)
