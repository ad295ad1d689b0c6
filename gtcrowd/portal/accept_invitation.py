"""Accept an invitation by choosing a password."""

from typing import Any

from django import forms
from django.contrib import auth, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from gtcrowd.workforce import join

BACKEND = "gtcrowd.identity.sessions.Backend"


class JoinForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 8 characters; several words are easy to remember and hard to guess."),
    )
    again = forms.CharField(
        label=gettext_lazy("Repeat password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("The two passwords differ."))
        return data


@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_post_parameters("password", "again")
def accept(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    try:
        invitation = join.invitation(token, now=now)
        form = JoinForm(request.POST or None, initial={"name": invitation.user.name})
        if form.is_valid() and _accepted(request, form, token):
            return redirect("portal:work")
    except join.InvitationRefused as refused:
        return render(request, "portal/join_refused.html", {"reason": str(refused)}, status=410)
    return render(request, "portal/join.html", {"form": form, "email": invitation.user.email})


def _accepted(request: HttpRequest, form: JoinForm, token: str) -> bool:
    data = form.cleaned_data
    try:
        user = join.accept(token, password=data["password"], name=data["name"], now=timezone.now())
    except ValidationError as weak:
        form.add_error("password", weak)
        return False
    auth.login(request, user, backend=BACKEND)
    messages.success(request, _("Welcome! Your account is ready."))
    return True
