"""Ask before an action that is hard to undo, naming what happens.

Without JavaScript the question is a page; with it, theme/confirm.js shows the same question as a dialog.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

CONFIRMED = "confirmed"


def question(
    request: HttpRequest, *, title: str, text: str, button: str, cancel: str, reason: bool = False
) -> HttpResponse | None:
    """Return the page that asks whether to do what was posted; None if the person has confirmed it.

    title, text   what happens
    button        what the person confirms, as verb and object
    cancel        address to return to
    reason        whether to ask for a reason, which is posted as `reason`
    """
    if request.POST.get(CONFIRMED) == "1":
        return None
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in ("csrfmiddlewaretoken", "reason", CONFIRMED)
        for value in values
    ]
    context = {"title": title, "text": text, "button": button, "cancel": cancel, "fields": fields, "reason": reason}
    return render(request, "console/confirm.html", context)
