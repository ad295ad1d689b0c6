"""Worker pages: the built-in ones to copy, and a look at one of one's own."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gtcrowd import kinds
from gtcrowd.console import inputs
from gtcrowd.console.access import member
from gtcrowd.identity.access import Viewer
from gtcrowd.kinds import pages
from gtcrowd.workpage import rendering, sandbox


@member
@require_GET
def built_in(request: HttpRequest, viewer: Viewer, kind: str, medium: str) -> HttpResponse:
    """The page of a kind as a text."""
    try:
        text = kinds.kind(kind).template(medium)
    except (kinds.UnknownKind, kinds.UnknownMedium) as error:
        raise Http404 from error
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@member
@require_POST
def preview(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page that the form of a new job describes, filled with a made-up object, in the policy of the sandbox."""
    fields = inputs.read_all(request.POST)
    text = str(fields.get("template", ""))
    try:
        text = text or kinds.kind(str(fields.get("kind"))).template(str(fields.get("medium")))
    except (kinds.UnknownKind, kinds.UnknownMedium) as error:
        return sandbox.refuse(request, str(error), status=422)
    faults = pages.faults(text)
    if faults:
        return sandbox.refuse(request, _told(faults[0]), status=422)
    instructions = fields["instructions"]
    sample = _sample(request) or {
        "taskObject": request.POST.get("sample") or _("The object is shown here."),
        "labels": fields["categories"] or [_("first"), _("second")],
        "header": fields.get("description") or fields.get("title") or _("Task title"),
        "shortInstructions": instructions.get("short", ""),
        "fullInstructions": instructions.get("full", ""),
    }
    try:
        page = rendering.sample(text, task_input=sample, requester=viewer.requester)
    except rendering.LiquidError as error:
        return sandbox.refuse(request, _told(pages.fault_of(error, text)), status=422)
    return sandbox.show(request, page)


def _sample(request: HttpRequest) -> dict[str, Any]:
    """A task input that was given with the form, as a trial gives it; empty if none was."""
    try:
        fields = json.loads(request.POST.get("task_input", ""))
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _told(fault: pages.TemplateFault) -> str:
    if not fault.line:
        return _("The page cannot be rendered: it %(problem)s") % {"problem": fault.problem}
    return _("The page cannot be rendered. Line %(line)s: %(problem)s") % {"line": fault.line, "problem": fault.problem}
