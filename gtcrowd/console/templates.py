"""Worker pages: the built-in ones to copy, and a look at one of one's own."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gtcrowd import kinds
from gtcrowd.console import inputs
from gtcrowd.console.access import member
from gtcrowd.identity import origins
from gtcrowd.identity.access import Viewer
from gtcrowd.kinds import pages
from gtcrowd.workpage import foreign, rendering, sandbox


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
def preview_page(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Show the preview in a page that lists what goes wrong in it; `allow` adds a foreign origin to those allowed."""
    problems: list[str] = []
    if origin := request.POST.get("allow"):
        try:
            origins.add(viewer=viewer, origin=origin)
        except origins.OriginsRefused as refused:
            problems.append(str(refused))
    fields = [(name, value) for name, value in request.POST.items() if name not in ("allow", "csrfmiddlewaretoken")]
    try:
        blocked = foreign.blocked(_page(request, viewer))
    except _NoPage:
        blocked = []  # the frame says why there is no page
    context = {"fields": fields, "blocked": blocked, "problems": problems, "allows": True}
    return render(request, "console/preview.html", context)


@member
@require_POST
def preview(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page that the form of a new job describes, filled with a made-up object, in the policy of the sandbox."""
    try:
        return sandbox.show(request, _page(request, viewer))
    except _NoPage as problem:
        return sandbox.refuse(request, str(problem), status=422)


class _NoPage(Exception):
    """The form describes no page; the text says why."""


def _page(request: HttpRequest, viewer: Viewer) -> rendering.Page:
    """Render what the form describes. Raises _NoPage."""
    fields = inputs.read_all(request.POST)
    text = str(fields.get("template", ""))
    try:
        text = text or kinds.kind(str(fields.get("kind"))).template(str(fields.get("medium")))
    except (kinds.UnknownKind, kinds.UnknownMedium) as error:
        raise _NoPage(str(error)) from error
    faults = pages.faults(text)
    if faults:
        raise _NoPage(_told(faults[0]))
    instructions = fields["instructions"]
    sample = _sample(request) or {
        "taskObject": request.POST.get("sample") or _("The object is shown here."),
        "labels": fields["categories"] or [_("first"), _("second")],
        "header": fields.get("description") or fields.get("title") or _("Task title"),
        "shortInstructions": instructions.get("short", ""),
        "fullInstructions": instructions.get("full", ""),
    }
    try:
        return rendering.sample(text, task_input=sample, requester=viewer.requester)
    except rendering.LiquidError as error:
        raise _NoPage(_told(pages.fault_of(error, text))) from error


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
