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
        "serverFault": _("The server could not take your answer. It is kept and sent again in %(seconds)s s."),
        "signedOut": _("You are signed out. Your answer is kept; sign in in another tab, and send it again."),
        "signIn": _("Sign in"),
        "sendAgain": _("Send again"),
        "notYours": _("Your answer belongs to a task that is not yours under this sign-in."),
        "waitingAnswer": _("An answer of yours from before is being sent."),
        "noOutline": _("No outline could be asked for. Check your connection, or go on by hand."),
        "frameShut": _("The page of this task was stopped: it disturbed yours. Return the task, or decline it."),
        "frameFault": _("The task does not load. Check your connection, then load the page again or return the task."),
    }
