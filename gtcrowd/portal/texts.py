"""Sentences that the scripts of the portal's pages say, translated here because the scripts cannot."""

from django.utils.translation import gettext as _


def of_work() -> dict[str, str]:
    """For the work page around the frame."""
    return {
        "left": _("%(time)s left"),
        "over": _("Time is over"),
        "overHint": _("You can still submit, unless somebody else has taken the task meanwhile."),
        "minuteLeft": _("One minute left."),
        "moreTime": _("You have more time."),
        "loading": _("The next task is loading."),
        "loaded": _("New task."),
        "sending": _("Sending your answer…"),
        "kept": _("Not sent yet: no connection. Your answer is kept and sent again in %(seconds)s s."),
        "offline": _("You are offline. Your answer is kept and sent as soon as you are back."),
        "offlineNow": _("You are offline. Go on: what you do is kept here and sent as soon as you are back."),
        "offlineNext": _("You are offline. Your answer is kept; this task had been fetched before, so you can go on."),
        "offlineBoth": _("You are offline. Your %(count)s answers are kept and sent as soon as you are back."),
        "backOnline": _("You are back online."),
        "lastRefused": _("An earlier answer was not taken: %(problem)s It comes before you again."),
        "lostTask": _("Somebody else took this task while you were offline. You can still hand it in; it is kept."),
        "serverFault": _("The server could not take your answer. It is kept and sent again in %(seconds)s s."),
        "signedOut": _(
            "You are signed out. Your work is kept. Sign in in another tab; it then goes on here by itself."
        ),
        "signedInAgain": _("You are signed in again."),
        "signIn": _("Sign in"),
        "sendAgain": _("Send again"),
        "notYours": _("Your answer belongs to a task that is not yours under this sign-in."),
        "waitingAnswer": _("An answer of yours from before is being sent."),
        "noOutline": _("No outline could be asked for. Check your connection, or go on by hand."),
        "frameShut": _("The page of this task was stopped: it disturbed yours. Return the task, or decline it."),
        "frameFault": _("The task does not load. Check your connection, then load the page again or return the task."),
        "draftNotKept": _(
            "Your work could not be saved on the server; it is kept in this browser. Stay, or try again."
        ),
        "reportOffline": _("Not sent: no connection. What you wrote stays here; try again."),
        "reportSignedOut": _("Not sent: you are signed out. Sign in in another tab, then send it again."),
        "pressKey": _("Press the new key, or Escape to leave it as it is."),
        "keyChanged": _("Changed: %(key)s – %(words)s."),
        "keysReset": _("All keys are the usual ones again."),
        "keyNotSaved": _("Not changed: no connection. Try again."),
        "change": _("Change"),
        "changeKey": _("%(words)s: %(key)s. Change"),
        "nothingToTell": _("This task has no tools of its own; what it asks for stands beside it."),
    }


def of_leftovers() -> dict[str, str]:
    """For the pages that send what an earlier page could not."""
    return {
        "waitingAnswer": _("An answer of yours from before is being sent."),
        "waitingOffline": _(
            "An answer of yours from before waits for the connection. It is sent as soon as you are back."
        ),
    }
