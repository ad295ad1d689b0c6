"""Money and durations as people read them."""

from decimal import ROUND_HALF_UP, Decimal

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()


@register.filter
def money(amount: Decimal | None) -> str:
    """`$0.036`, `$1.20`: thousandths only where there are some."""
    exact = Decimal(amount or 0).quantize(Decimal("0.001"), ROUND_HALF_UP)
    digits = f"{abs(exact):,.3f}".removesuffix("0")
    return f"{'−' if exact < 0 else ''}${digits}"


@register.filter
def duration(seconds: float | None) -> str:
    """`45 s`, `5 min`, `1 h 30 min`: rounded to what matters."""
    whole = round(seconds or 0)
    if whole < 100:
        return _("%(n)s s") % {"n": whole}
    minutes = round(whole / 60)
    hours, rest = divmod(minutes, 60)
    parts = [_("%(n)s h") % {"n": hours}] if hours else []
    if rest or not hours:
        parts.append(_("%(n)s min") % {"n": rest})
    return " ".join(parts)


@register.filter
def waiting(count: int) -> str:
    """How many tasks wait; counted to a thousand only."""
    if count >= 1000:
        return _("1,000 or more")
    return ngettext("%(n)s task", "%(n)s tasks", count) % {"n": count}
