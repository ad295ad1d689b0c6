import re

import liquid
import pytest

from gtcrowd import kinds

every_kind = pytest.mark.parametrize("kind", kinds.KINDS.values(), ids=kinds.KINDS)


def page(kind, medium, **given):
    environment = liquid.Environment(autoescape=False)
    environment.add_filter("grant_read_access", lambda uri: uri)
    environment.add_filter("to_json", lambda value: str(value).replace("'", '"'))
    return environment.from_string(kind.template(medium)).render(task={"input": given})


@every_kind
def test_it_is_found_by_its_name(kind):
    assert kinds.kind(kind.name) is kind


@every_kind
def test_every_medium_has_a_page(kind):
    for medium in kind.media:
        assert re.search(r"<crowd-form>(?s:.*)<crowd-[a-z-]+\s+name=", page(kind, medium))


@every_kind
def test_nothing_from_a_manifest_becomes_markup(kind):
    for medium in kind.media:
        html = page(kind, medium, taskObject='https://x/"><script>1</script>', labels=['"><script>2</script>'])
        assert "<script>" not in html


@every_kind
def test_another_medium_is_refused(kind):
    with pytest.raises(kinds.UnknownMedium, match="'smell' is not supported"):
        kind.template("smell")


def test_an_unknown_kind_names_the_known():
    with pytest.raises(kinds.UnknownKind, match="Choose one of: choice"):
        kinds.kind("magic")


def test_a_failed_object_says_why():
    assert kinds.failure_fields("cars", "Nobody answered.", retry_count=2) == {
        "cars-metadata": {
            "retry-count": 2,
            "failure-reason": "ClientError: Nobody answered.",
            "human-annotated": "true",
        }
    }
