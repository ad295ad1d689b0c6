import re

import liquid
import pytest

from gtcrowd import kinds

every_kind = pytest.mark.parametrize("kind", kinds.KINDS.values(), ids=kinds.KINDS)


def page(kind, medium, **values):
    environment = liquid.Environment(autoescape=False)
    environment.add_filter("grant_read_access", lambda uri: uri)
    environment.add_filter("to_json", lambda value: str(value).replace("'", '"'))
    return environment.from_string(kind.template(medium)).render(task={"input": values})


@every_kind
def test_found_by_name(kind):
    assert kinds.kind(kind.name) is kind


@every_kind
def test_every_medium_has_page(kind):
    for medium in kind.media:
        assert re.search(r"<crowd-form>(?s:.*)<crowd-[a-z-]+\s+name=", page(kind, medium))


@every_kind
def test_escapes_manifest_values(kind):
    for medium in kind.media:
        html = page(kind, medium, taskObject='https://x/"><script>1</script>', labels=['"><script>2</script>'])
        assert "<script>" not in html


@every_kind
def test_refuses_unsupported_medium(kind):
    with pytest.raises(kinds.UnknownMedium, match="'smell' is not supported"):
        kind.template("smell")


def test_unknown_kind_lists_kinds():
    with pytest.raises(kinds.UnknownKind, match="Choose one of: choice"):
        kinds.kind("magic")


def test_failure_fields():
    assert kinds.failure_fields("cars", "Nobody answered.", retry_count=2) == {
        "cars-metadata": {
            "retry-count": 2,
            "failure-reason": "ClientError: Nobody answered.",
            "human-annotated": "true",
        }
    }
