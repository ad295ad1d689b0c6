"""Sentences that the elements of a task page say, translated here because scripts cannot."""

from django.templatetags.static import static
from django.utils.translation import gettext as _


def static_root() -> str:
    """Path under which static files lie, with a slash at both ends."""
    return static("")


def of_elements() -> dict[str, str]:
    """For the elements inside the frame (elements/texts.js has the same keys, in English)."""
    return {
        "choose": _("Choose one"),
        "submit": _("Submit"),
        "nothingChosen": _("Choose a category first."),
        "chooseSeveral": _("Choose all that apply"),
        "noneOfThese": _("None of these"),
        "noneChosen": _("Choose what applies first, or that nothing does."),
        "required": _("Fill in “%(name)s” first."),
        "missing": _("The picture could not be loaded."),
        "retry": _("Try again"),
        "giveUp": _("If it does not help, use “Return task” above: it costs you nothing."),
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
        "fit": _("Fit or full size"),
        "picture": _("The picture to be labeled"),
        "full": _("Full instructions"),
        "zoomed": _("%(percent)s %%"),
        "board": _("Picture to draw on. Arrow keys move the cursor, Enter sets a point."),
        "drawn": _("Drawn"),
        "nothing": _("Nothing to label"),
        "show": _("Show"),
        "hide": _("Hide"),
        "lock": _("Lock"),
        "unlock": _("Unlock"),
        "remove": _("Delete"),
        "undo": _("Undo"),
        "redo": _("Redo"),
        "moveMode": _("Move the picture"),
        "fitIn": _("Fit the picture in"),
        "tools": _("Tools"),
        "looks": _("How the picture looks"),
        "brightness": _("Brightness"),
        "contrast": _("Contrast"),
        "opacity": _("Opacity"),
        "unfinished": _("Finish what you are drawing first: press Enter twice, or Escape to drop it."),
        "nothingDrawn": _("Draw what you see first, or check that there is nothing to label."),
        "chooseLabel": _("Choose a label, then draw"),
        "drawnOne": _("%(number)s of %(count)s: %(label)s"),
        "drawnCount": _("%(count)s drawn"),
        "close": _("Close"),
        "more": _("More"),
        "instructions": _("Instructions"),
        "goodExample": _("Good example"),
        "badExample": _("Bad example"),
        "passage": _("Text to mark. Arrow keys move, with Shift they select, Enter marks."),
        "mark": _("Mark"),
        "marked": _("Marked"),
        "chooseThenMark": _("Choose a label, then select words"),
        "nothingMarked": _("Mark what you find first, or check that there is nothing to label."),
        "rank": _("Put in order, best first"),
        "ranked": _("Your order, best first"),
        "notRanked": _("Give every item its place first."),
        "up": _("Up"),
        "down": _("Down"),
        "brush": _("Brush"),
        "eraser": _("Eraser"),
        "polygon": _("Polygon"),
        "fill": _("Fill"),
        "dropper": _("Take a label from the picture"),
        "brushSize": _("Size of the brush"),
        "painting": _("Painting"),
        "chooseThenPaint": _("Choose a label, then paint"),
        "nothingPainted": _("Paint what you see first, or check that there is nothing to label."),
        "anotherThing": _("Another thing"),
    }
