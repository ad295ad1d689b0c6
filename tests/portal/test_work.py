"""The list of jobs and the page of one job."""

from gtcrowd.tasks.models import Assignment


def test_list_shows_job_offer(cleos, pictures):
    page = cleos.get("/work/").content.decode()

    assert "Which bird is it?" in page
    assert "$0.036" in page
    assert "2 tasks" in page
    assert "no estimate yet" in page
    assert "Start working" in page


def test_viewing_claims_nothing(cleos, pictures):
    cleos.get("/work/")
    cleos.get(f"/work/{pictures.pk}/")

    assert not Assignment.objects.exists()


def test_starting_claims_once(cleos, pictures):
    for _time in range(2):
        assert cleos.post(f"/work/{pictures.pk}/start/").headers["Location"] == f"/work/{pictures.pk}/"

    assert Assignment.objects.count() == 1
    assert 'id="sandbox"' in cleos.get(f"/work/{pictures.pk}/").content.decode()


def test_start_needs_post(cleos, pictures):
    assert cleos.get(f"/work/{pictures.pk}/start/").status_code == 405
