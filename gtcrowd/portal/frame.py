"""The page in the sandboxed frame of one's own task."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gtcrowd.identity.models import User
from gtcrowd.portal import places
from gtcrowd.tasks.models import AssignmentState
from gtcrowd.workpage import frame, rendering


@require_safe
@never_cache
def show(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """The task of one's own live assignment, as a page for the frame."""
    if not isinstance(request.user, User):  # a sign-in page would be of no use inside the frame
        return frame.refused(request, _("You are signed out. Load the whole page again."), status=401)
    assignment = places.own_assignment(request.user, assignment_id)
    if assignment.state != AssignmentState.LIVE:
        return frame.refused(request, _("This task is no longer yours."), status=410)
    try:
        page = rendering.render(assignment)
    except rendering.LiquidError:
        return frame.refused(request, _("This task cannot be shown: its page has a fault. Please decline it."))
    return frame.shown(request, page, told=bool(assignment.job.instructions))
