"""Export formats are offered wherever labels leave: REST, console and shell."""

import pytest

from gtcrowd.labels import exports
from gtcrowd.labels.exports import registry


@pytest.fixture
def shout(monkeypatch):
    """A toy format for one kind of label only, registered as its module would."""
    monkeypatch.setattr(registry, "EXPORTS", registry.EXPORTS.copy())
    kinds = frozenset({"choice"})
    export = registry.export("shout", title="Shout", media_type="text/plain", extension="txt", kinds=kinds)
    return export(lambda job, run_id: iter([job.name.upper().encode()]))


def test_output_manifest_is_registered():
    assert "output-manifest" in exports.EXPORTS


@pytest.mark.django_db
def test_rest_offers_registered_format(client, alice, ask, shout):
    ask("a")
    client.force_login(alice.user)

    assert {"output-manifest", "shout"} <= {row["name"] for row in client.get("/api/v1/jobs/birds/exports/").json()}
    assert client.get("/api/v1/jobs/birds/exports/shout/").getvalue() == b"BIRDS"


@pytest.mark.django_db
def test_console_offers_registered_format(client, alice, ask, shout):
    ask("a")
    client.force_login(alice.user)

    assert "Download Shout" in client.get("/jobs/birds/").content.decode()
    response = client.get("/jobs/birds/exports/shout")
    assert (response.getvalue(), response["Content-Disposition"]) == (b"BIRDS", 'attachment; filename="birds.txt"')


@pytest.mark.django_db
def test_hides_formats_of_other_kinds(client, alice, ask, shout):
    ask("a", kind="number", categories=[])
    client.force_login(alice.user)

    assert "shout" not in {row["name"] for row in client.get("/api/v1/jobs/birds/exports/").json()}
    assert client.get("/api/v1/jobs/birds/exports/shout/").status_code == 404
    assert client.get("/jobs/birds/exports/shout").status_code == 404
