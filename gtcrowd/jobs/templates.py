"""A requester's own templates of worker pages: kept once each, never changed, so that what a worker saw stays known."""

import hashlib
from datetime import datetime

from gtcrowd.identity.models import Requester
from gtcrowd.jobs.models import Template


def keep(requester: Requester, text: str, *, now: datetime) -> Template | None:
    """The template with this text, made if there is none yet; None for no text."""
    if not text:
        return None
    digest = hashlib.sha256(text.encode()).hexdigest()
    template, _made = Template.objects.get_or_create(
        requester=requester, digest=digest, defaults={"text": text, "created_at": now}
    )
    return template
