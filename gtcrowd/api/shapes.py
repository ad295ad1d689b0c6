"""What goes over the wire: one serializer a shape. Checking a job's fields is the room jobs' matter, not theirs."""

from typing import Any

from rest_framework import serializers

from gtcrowd.jobs.models import Job
from gtcrowd.labels.models import Run
from gtcrowd.workforce.models import Team, Worker


class InstructionsShape(serializers.Serializer[Any]):
    short = serializers.CharField(required=False)
    full = serializers.CharField(required=False)
    good_example = serializers.CharField(required=False)
    bad_example = serializers.CharField(required=False)


class JobRequestShape(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=63, help_text="Letters, digits and hyphens; unique for the requester.")
    kind = serializers.CharField(default="choice", required=False)
    medium = serializers.ChoiceField(choices=["image", "text"])
    label_attribute = serializers.CharField(max_length=127, required=False, help_text="By default the name.")
    categories = serializers.ListField(child=serializers.CharField(max_length=256), min_length=2)
    manifest = serializers.CharField(max_length=1024, help_text="s3://BUCKET/KEY of the input manifest.")
    output = serializers.CharField(required=False, help_text="Folder for the output, by default in the same bucket.")
    team = serializers.CharField(help_text="Name of a team you may use.")
    title = serializers.CharField(max_length=128)
    description = serializers.CharField(max_length=255)
    instructions = InstructionsShape(required=False)
    price = serializers.DecimalField(max_digits=6, decimal_places=3, help_text="Per task, that is per answer.")
    workers_per_object = serializers.IntegerField(min_value=1, max_value=9)
    time_limit = serializers.IntegerField(min_value=30, max_value=28_800, required=False, help_text="Seconds.")
    availability = serializers.IntegerField(min_value=60, max_value=2_592_000, required=False, help_text="Seconds.")
    max_concurrent = serializers.IntegerField(min_value=1, max_value=5000, required=False)
    method = serializers.CharField(required=False)
    max_human_labeled = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    max_percentage = serializers.IntegerField(min_value=1, max_value=100, required=False, allow_null=True)
    late_answers_paid = serializers.BooleanField(required=False, default=True)


class CountersShape(serializers.Serializer[Any]):
    total_labeled = serializers.IntegerField()
    human_labeled = serializers.IntegerField()
    machine_labeled = serializers.IntegerField()
    failed = serializers.IntegerField()
    unlabeled = serializers.IntegerField()
    answers = serializers.IntegerField()
    as_of = serializers.DateTimeField()


class JobShape(serializers.ModelSerializer[Job]):
    team = serializers.CharField(source="team.name")
    counters = serializers.SerializerMethodField()
    price = serializers.DecimalField(max_digits=14, decimal_places=3)

    class Meta:
        model = Job
        fields = (
            "name", "kind", "medium", "label_attribute", "categories", "manifest", "output", "team", "title",
            "description", "instructions", "price", "workers_per_object", "time_limit", "availability",
            "max_concurrent", "method", "max_human_labeled", "max_percentage", "late_answers_paid", "state",
            "reason_code", "reason", "objects_total", "objects_ingested", "counters", "created_at", "changed_at",
            "started_at", "ended_at",
        )  # fmt: skip

    def get_counters(self, job: Job) -> dict[str, Any]:
        counted = job.counters
        labeled = counted.human_labeled + counted.machine_labeled
        return {
            "total_labeled": labeled,
            "human_labeled": counted.human_labeled,
            "machine_labeled": counted.machine_labeled,
            "failed": counted.failed,
            "unlabeled": job.objects_total - labeled - counted.failed,
            "answers": counted.answers,
            "as_of": counted.counted_at,
        }


class PlanShape(serializers.Serializer[Any]):
    objects = serializers.IntegerField()
    tasks = serializers.IntegerField()
    cost_of_answers = serializers.DecimalField(max_digits=14, decimal_places=3)
    fees = serializers.DecimalField(max_digits=14, decimal_places=3)
    total = serializers.DecimalField(max_digits=14, decimal_places=3)
    available = serializers.DecimalField(max_digits=14, decimal_places=3)


class LabelShape(serializers.Serializer[Any]):
    object = serializers.IntegerField(help_text="Line of the manifest, counted from 0.")
    label = serializers.JSONField()  # type: ignore[assignment]
    confidence = serializers.FloatField()
    posterior = serializers.DictField(child=serializers.FloatField(), allow_null=True)
    answers = serializers.IntegerField()
    method = serializers.CharField()
    run = serializers.IntegerField()
    changed_at = serializers.DateTimeField()


class LabelPageShape(serializers.Serializer[Any]):
    results = LabelShape(many=True)
    next = serializers.URLField(allow_null=True)


class AnswerShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    object = serializers.IntegerField()
    worker = serializers.CharField(help_text="The worker's code.")
    value = serializers.JSONField()
    seconds = serializers.FloatField()
    active_seconds = serializers.FloatField(allow_null=True)
    paid = serializers.DecimalField(max_digits=14, decimal_places=3)
    late = serializers.BooleanField()
    surplus = serializers.BooleanField()
    submitted_at = serializers.DateTimeField()


class AnswerPageShape(serializers.Serializer[Any]):
    results = AnswerShape(many=True)
    next = serializers.URLField(allow_null=True)


class RunShape(serializers.ModelSerializer[Run]):
    class Meta:
        model = Run
        fields = (
            "id", "method", "official", "state", "reason", "answers", "labels", "steps", "converged", "objective",
            "parameters", "versions", "seconds", "created_at", "ended_at",
        )  # fmt: skip


class RunRequestShape(serializers.Serializer[Any]):
    method = serializers.CharField()


class TeamShape(serializers.ModelSerializer[Team]):
    workforce = serializers.CharField(source="workforce.kind", read_only=True)

    class Meta:
        model = Team
        fields = ("name", "description", "workforce", "created_at")
        read_only_fields = ("created_at",)


class WorkerShape(serializers.ModelSerializer[Worker]):
    email = serializers.EmailField(source="user.email")
    name = serializers.CharField(source="user.name")
    teams = serializers.SlugRelatedField("name", many=True, read_only=True)  # type: ignore[var-annotated]

    class Meta:
        model = Worker
        fields = ("code", "name", "email", "state", "reason", "teams", "invited_at", "joined_at")


class InvitationShape(serializers.Serializer[Any]):
    emails = serializers.ListField(child=serializers.CharField(), help_text="At most 1000 addresses.")
    team = serializers.CharField(required=False)


class UploadedShape(serializers.Serializer[Any]):
    uri = serializers.CharField()
    size = serializers.IntegerField()


class ProblemShape(serializers.Serializer[Any]):
    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    faults = serializers.ListField(child=serializers.DictField(), required=False)
