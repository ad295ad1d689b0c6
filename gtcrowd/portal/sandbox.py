"""The page of one's own task, for the sandbox."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gtcrowd.identity.models import User
from gtcrowd.portal import access
from gtcrowd.tasks.models import AssignmentState
from gtcrowd.workpage import rendering, sandbox


@require_safe
@never_cache
def show(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """Show the task of one's own live assignment."""
    if not isinstance(request.user, User):  # a sign-in page would be useless inside the sandbox
        return sandbox.refuse(request, _("You are signed out. Reload the whole page."), status=401)
    assignment = access.own_assignment(request.user, assignment_id)
    if assignment.state != AssignmentState.LIVE:
        return sandbox.refuse(request, _("This task is no longer yours."), status=410)
    try:
        page = rendering.render(assignment)
    except rendering.LiquidError:
        return sandbox.refuse(request, _("This task cannot be shown: its template has an error. Please decline it."))
    return sandbox.show(request, page, instructions_shown=bool(assignment.job.instructions) and not page.own)
