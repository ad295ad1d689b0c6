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
        "guideChoice": _("Look at the object and choose the one category that fits, then submit."),
        "guideChoices": _("Choose every category that fits; choosing one again takes it back. If none fits, say so."),
        "guideBox": _(
            "Choose a label, then drag from one corner of the thing to the opposite one. Drag its edges or "
            "corners to correct it."
        ),
        "guidePolygon": _(
            "Choose a label, then click corner after corner around the thing; click the first corner again, "
            "or press Enter, to close it."
        ),
        "guidePolyline": _("Choose a label, then click point after point along the line; Enter ends it."),
        "guideLine": _("Choose a label, then set the two ends of the line."),
        "guideKeypoint": _("Choose a label, then click the point."),
        "guideSpans": _("Choose a label, then select words with the mouse or with Shift and the arrow keys."),
        "guideMasks": _(
            "Choose a label, then paint every pixel that belongs to it: with the brush, by corners, or by filling."
        ),
        "guideThings": _("Choose a label and paint one thing; begin another thing before you paint the next."),
        "guideRanking": _("Press the items in order, the best first; the arrows beside them change their places."),
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
        "keyCursor": _("move the cursor; with Shift pixel by pixel"),
        "keyPoint": _("set a point; twice at one place ends the shape"),
        "keyShapes": _("choose what is drawn before or after"),
        "keyCorner": _("choose a corner, to be moved by arrow keys"),
        "keyNew": _("begin a new shape, whatever is there already"),
        "keyRemove": _("delete what is chosen"),
        "keyUndo": _("undo and redo"),
        "keyHand": _("move the picture with the mouse, or draw again"),
        "keyNothing": _("nothing to label"),
        "keyZoom": _("picture larger, smaller, as large as fits"),
        "keyBrush": _("brush, eraser, polygon, fill, take a label from the picture"),
        "keySize": _("smaller and larger brush"),
        "keyPaint": _("paint, or set a corner, at the cursor"),
        "keyThing": _("another thing of the label"),
        "keyText": _("move in the text; with Shift select, with Ctrl by words"),
        "keyMark": _("mark what is selected with the label in hand"),
        "keySpans": _("choose the span before or after"),
        "keyPlace": _("give the item its place, or take it out"),
        "keyBack": _("take the last one back"),
        "anotherThing": _("Another thing"),
    }
