"""Why something is in its state: a code and parameters are stored, the sentence is made in the reader's language.

`Reason` is the one enumeration of codes, each with its sentence. A parameter is a number, a text that a person or a
foreign program wrote, or another reason (see `nested`). Two parameters have a meaning of their own: `text` replaces the
sentence (a member's own words, or a sentence stored by an earlier version), `also` is a reason whose sentence follows.
"""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy


class Reason(models.TextChoices):
    """Codes of all reasons, each with its sentence; the parameters of the sentence are stored beside the code."""

    # Why a job is in its state
    READING_MANIFEST = "reading-manifest", _("Reading the input manifest.")
    MANIFEST_UNREADABLE = "manifest-unreadable", _("The input manifest could not be read. %(detail)s")
    WAITING_FOR_WORKERS = "waiting-for-workers", _("Waiting for workers to answer.")
    WAITING_FOR_OBJECTS = "waiting-for-objects", _("Waiting for objects to arrive.")
    WAITING_FOR_HOOK = "waiting-for-hook", _("Waiting for the hook. Attempt %(tries)s failed: %(detail)s")
    PREPARING = "preparing", _("The pre-annotation hook is preparing objects.")
    PAUSED = "paused", _("Paused by the requester. No tasks are assigned.")
    FINISHING_ASSIGNMENTS = "finishing-assignments", _("Workers who hold a task can still submit their answer.")
    STOPPED_BY_REQUESTER = "stopped-by-requester", _("Stopped by the requester.")
    STOPPING_CONDITION = "stopping-condition", _("The stopping condition was met.")
    IDLE = (
        "idle",
        ngettext_lazy("No object arrived for %(days)s day.", "No object arrived for %(days)s days.", "days"),
    )
    DEMO_OVER = "demo-over", _("The demo period is over.")
    STOPPED = "stopped", _("The job was stopped.")
    ALL_LABELED = "all-labeled", _("All objects are labeled.")
    COMPLETED_WITH_ERRORS = (
        "completed-with-errors",
        ngettext_lazy(
            "%(failed)s of %(total)s objects has no label. The output manifest has the reason.",
            "%(failed)s of %(total)s objects have no label. The output manifest has the reason for each.",
            "failed",
        ),
    )

    # What a plan warns of
    TEAM_TOO_SMALL = (
        "team-too-small",
        ngettext_lazy(
            "%(workers)s worker of the team %(team)s may work, and each object needs %(needed)s.",
            "%(workers)s workers of the team %(team)s may work, and each object needs %(needed)s.",
            "workers",
        ),
    )
    LABELS_IMPOSSIBLE = (
        "labels-impossible",
        ngettext_lazy(
            "%(count)s line has a label that is not possible with this task type and these label categories. Its "
            "object is labeled again. Line: %(lines)s.",
            "%(count)s lines have a label that is not possible with this task type and these label categories. Their "
            "objects are labeled again. First lines: %(lines)s.",
            "count",
        ),
    )
    NO_PAY = "no-pay", _("The price is 0: workers are not paid.")
    LOOKALIKE_CATEGORIES = (
        "lookalike-categories",
        _("These label categories look alike, and workers may mix them up: %(names)s."),
    )

    # Why the manifest could not be read
    MANIFEST_CHANGED = "manifest-changed", _("%(uri)s was changed after the job was created.")
    OBJECT_MISSING = "object-missing", _("There is no object at %(uri)s.")
    LINE_INVALID = "line-invalid", _("Line %(line)s is invalid.")

    # Why a task ended
    ALL_ANSWERS = "all-answers", _("All answers were submitted.")
    SURE_ENOUGH = "sure-enough", _("The label is certain enough.")
    MOST_WORKERS = "most-workers", _("The maximum number of workers answered.")
    TARGET_REACHED = "target-reached", _("The job reached its target error rate.")
    JOB_STOPPED = "job-stopped", _("The job was stopped before enough workers answered the object.")
    AVAILABILITY_ENDED = "availability-ended", _("The task lifetime ended before enough workers answered the object.")
    ALL_DECLINED = "all-declined", _("Too many workers declined the object.")
    OBJECT_NOT_SHOWN = "object-not-shown", _("Several workers could not see the object.")
    NO_WORKERS_NEEDED = "no-workers-needed", _("The pre-annotation hook said that no worker is needed.")
    PRE_HOOK_FAILED = "pre-hook-failed", _("The pre-annotation hook failed.")
    POST_HOOK_FAILED = "post-hook-failed", _("The post-annotation hook failed.")
    GOLD = "gold", _("The object is a gold question.")
    NO_ANSWER = "no-answer", _("No worker answered the object.")

    # Why a worker is in their state
    BY_REQUESTER = "by-requester", _("Paused by the requester.")
    SUSPENDED = "suspended", _("Suspended by the requester.")
    GOLD_RULE = (
        "gold-rule",
        _("%(right)s of %(seen)s gold questions answered correctly; accuracy between %(low)s and %(high)s."),
    )
    QUIZ_FAILED = (
        "quiz-failed",
        _(
            "The quiz was not passed: %(right)s of %(seen)s gold questions answered correctly, %(least)s required; "
            "accuracy between %(low)s and %(high)s."
        ),
    )

    # Why a worker gets no task
    NOT_IN_TEAM = "not-in-team", _("You are not in the team of this job.")
    JOB_NOT_OPEN = "job-not-open", _("This job is not assigning tasks at the moment.")
    JOB_PAUSED = "job-paused", _("This job is paused. You can continue when its owner resumes it.")
    WORKED_ELSEWHERE = "worked-elsewhere", _("You worked on another job whose workers are excluded from this one.")
    WORKER_PAUSED = "worker-paused", _("You are paused in this job.")
    LIMIT_REACHED = "limit-reached", _("You have reached a limit of this job.")
    OTHERS_AT_WORK = (
        "others-at-work",
        _("Other workers hold all remaining tasks. If one is released, it will appear here."),
    )
    BEING_PREPARED = "being-prepared", _("More tasks are being prepared. They will appear here in a moment.")
    ALL_DONE = "all-done", _("You have completed all tasks available to you in this job. Thank you!")

    # What was wrong with a hook
    HOOK_FAULT = "hook-fault", _("The hook failed.")  # of rows of earlier versions, with their sentence
    HOOK_REMOVED = "hook-removed", _("The job no longer has a hook.")
    HOOK_NOT_INSTALLED = "hook-not-installed", _("The hook %(name)s is no longer installed here.")
    HOOK_RAISED = "hook-raised", _("The hook %(name)s failed: %(error)s: %(detail)s")
    HOOK_NOT_JSON = "hook-not-json", _("The hook's response is not valid JSON.")
    HOOK_NO_OBJECT = "hook-no-object", _("The hook's response must be a JSON object with taskInput.")
    HOOK_FLAG = "hook-flag", _("isHumanAnnotationRequired must be true or false.")
    HOOK_NO_INPUT = (
        "hook-no-input",
        _("The response must have taskInput, an object that the worker page reads as task.input."),
    )
    HOOK_INPUT = (
        "hook-input",
        _("taskInput must have at most %(most)s characters, and no U+0000 or unpaired surrogates."),
    )
    HOOK_NO_LIST = "hook-no-list", _("The hook's response must be a list of labels.")
    HOOK_WRONG_OBJECT = (
        "hook-wrong-object",
        _("The response has an object that was not in the request, or has one twice: %(name)s."),
    )
    HOOK_OBJECTS_MISSING = "hook-objects-missing", _("The response has no label for these objects: %(names)s.")
    HOOK_CONTENT = (
        "hook-content",
        _("Object %(name)s: content must have %(attribute)s, may have %(metadata)s, and nothing else."),
    )
    HOOK_METADATA = "hook-metadata", _("Object %(name)s: %(metadata)s must be a JSON object.")
    HOOK_LABEL = (
        "hook-label",
        _("Object %(name)s: the label must have at most %(most)s characters, and no U+0000 or unpaired surrogates."),
    )
    HOOK_ADDRESS = "hook-address", _("%(address)s is not a valid URL.")
    HOOK_SCHEME = "hook-scheme", _("The URL of a hook must begin with https://.")
    HOOK_HTTP = "hook-http", _("The URL of a hook must begin with https://. http:// is not allowed here.")
    HOOK_CREDENTIALS = (
        "hook-credentials",
        _("The URL of a hook must not have a user name or password. Calls are signed instead."),
    )
    HOOK_NETWORK = (
        "hook-network",
        _("%(host)s is at %(address)s, which is not a public address. Hooks cannot be called there."),
    )
    HOOK_TIMEOUT = "hook-timeout", _("The hook did not answer within %(seconds)s s.")
    HOOK_CERTIFICATE = "hook-certificate", _("The TLS certificate of %(host)s is invalid: %(detail)s.")
    HOOK_UNREACHABLE = "hook-unreachable", _("The hook at %(host)s could not be reached: %(detail)s.")
    HOOK_REDIRECT = (
        "hook-redirect",
        _("The hook answered with a redirect (%(status)s). Redirects are not followed."),
    )
    HOOK_STATUS = "hook-status", _("The hook answered with status %(status)s.")
    HOOK_TOO_LONG = "hook-too-long", _("The hook's response is longer than %(most)s bytes.")


def sentence(code: str, params: Mapping[str, Any] | None = None) -> str:
    """Return the sentence of a reason in the active language; "" for no reason, the code itself if it is unknown.

    Raises KeyError if a parameter of the sentence is missing.
    """
    params = params or {}
    if "text" in params:
        text = str(params["text"])
    elif code not in Reason.values:
        text = code
    else:
        values = {name: _shown(value) for name, value in params.items()}
        label = Reason(code).label
        text = str(label % values) if values else str(label)
    return f"{text} {_shown(params['also'])}" if "also" in params else text


def nested(code: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a reason as a parameter of another one."""
    return {"code": str(code), "params": dict(params or {})}


def _shown(value: Any) -> Any:
    return sentence(value["code"], value["params"]) if isinstance(value, Mapping) else value


class Explained(Exception):
    """An error with a reason: the text of the error is its sentence in the language in which it is read."""

    def __init__(self, reason: Reason, **params: Any) -> None:
        self.reason, self.params = reason, params
        super().__init__(reason, params)

    def __str__(self) -> str:
        return sentence(self.reason, self.params)

    def nested(self) -> dict[str, Any]:
        """Return the reason as a parameter of another one."""
        return nested(self.reason, self.params)


class WithReason(models.Model):
    """A row that stores the reason for its state; `reason` is the sentence in the active language."""

    reason_code = models.CharField(max_length=40, blank=True, default="")
    reason_params = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True

    @property
    def reason(self) -> str:
        """The sentence of the reason, in the active language."""
        return sentence(self.reason_code, self.reason_params)

    def set_reason(self, code: str, params: Mapping[str, Any] | None = None) -> None:
        """Set the reason without saving the row."""
        self.reason_code, self.reason_params = code, dict(params or {})
