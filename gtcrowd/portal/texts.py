"""Texts of the portal's scripts, translated here because scripts cannot."""

from django.utils.translation import gettext as _


def of_work() -> dict[str, str]:
    """Return the texts of the work page around the sandbox."""
    return {
        "left": _("%(time)s left"),
        "over": _("Time is over"),
        "overHint": _("You can still submit, unless another worker has taken the task."),
        "minuteLeft": _("One minute left."),
        "moreTime": _("You have more time."),
        "loading": _("Loading the next task."),
        "loaded": _("New task."),
        "sending": _("Sending your answer…"),
        "kept": _("No connection. Your answer is saved in this browser; next attempt in %(seconds)s s."),
        "offline": _("You are offline. Your answer is saved and will be sent when you are back online."),
        "offlineNow": _(
            "You are offline. You can continue: your work is saved and will be sent when you are back online."
        ),
        "offlineNext": _(
            "You are offline. Your answer is saved. This task was loaded in advance, so you can continue."
        ),
        "offlineBoth": _(
            "You are offline. Your %(count)s answers are saved and will be sent when you are back online."
        ),
        "backOnline": _("You are back online."),
        "lastRefused": _("An earlier answer was rejected: %(problem)s You will get that task again."),
        "lostTask": _(
            "Another worker took this task while you were offline. You can still submit your answer; it is kept."
        ),
        "serverFault": _("The server could not accept your answer. It is saved; next attempt in %(seconds)s s."),
        "signedOut": _(
            "You are signed out. Your work is saved. Sign in in another tab; this page then continues automatically."
        ),
        "signedInAgain": _("You are signed in again."),
        "signIn": _("Sign in"),
        "sendAgain": _("Send again"),
        "notYours": _("Your answer belongs to a task of another account. Sign in with that account to send it."),
        "waitingAnswer": _("Sending an earlier answer…"),
        "noOutline": _("The outline request failed. Check your connection, or draw by hand."),
        "sandboxShutDown": _("This task was stopped because it interfered with the page. Return or decline the task."),
        "sandboxFailed": _("The task does not load. Check your connection and reload the page, or return the task."),
        "draftNotKept": _(
            "Your work could not be saved on the server. It is saved in this browser. Stay on this page, or try again."
        ),
        "reportOffline": _("Not sent: no connection. Your message is still here; try again."),
        "reportSignedOut": _("Not sent: you are signed out. Sign in in another tab, then send it again."),
        "pressKey": _("Press the new key, or Escape to cancel."),
        "keyChanged": _("Changed: %(key)s – %(words)s."),
        "keysReset": _("All keys were reset."),
        "keyNotSaved": _("Not changed: no connection. Try again."),
        "change": _("Change"),
        "changeKey": _("%(words)s: %(key)s. Change"),
        "nothingToTell": _("This task has no tools. See its instructions."),
    }


def of_unsent() -> dict[str, str]:
    """Return the texts of pages that send answers of an earlier page."""
    return {
        "waitingAnswer": _("Sending an earlier answer…"),
        "waitingOffline": _("An earlier answer is waiting for a connection. It will be sent when you are back online."),
    }
