"""Alice in a browser of her own."""

import pytest
from django.test import Client

from tests.accessibility import SIZES
from tests.portal import browsing


@pytest.fixture
def address(transactional_db):
    with browsing.served() as served:
        yield served


@pytest.fixture
def alices_page(browser, address, alice):
    client = Client()
    client.force_login(alice.user, backend="gtcrowd.identity.sessions.Backend")
    context = browser.new_context(viewport=SIZES["wide"])
    yield browsing.sign_in(context, address, client)
    context.close()
