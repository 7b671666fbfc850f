"""`ETag` and `If-Match`."""

import pytest

from contratos import StaleVersion
from http_rules import check_version, etag


@pytest.mark.parametrize("header", [None, "*", " * ", '"3"', '"1", "3"', '"1","3"'])
def test_a_write_that_names_the_last_version_or_none_goes_on(header):
    check_version(header, 3)


@pytest.mark.parametrize("header", ["", '"2"', "3", 'W/"3"', '"33"', "\xff", '"1", "2"'])
def test_a_write_that_names_another_version_is_refused_and_hears_the_last_one(header):
    with pytest.raises(StaleVersion) as refused:
        check_version(header, 3)
    assert refused.value.facts == {"etag_actual": etag(3)}


def test_a_resource_bears_its_version_and_a_write_raises_it(servicio):
    made = servicio.post("/api/cosas", json={"nombre": "a"})
    path = made.headers["location"]
    assert made.headers["etag"] == servicio.get(path).headers["etag"] == '"1"'
    changed = servicio.put(path, json={"nombre": "b"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')


def test_who_has_not_seen_the_last_version_changes_nothing(servicio):
    path = servicio.post("/api/cosas", json={"nombre": "a"}).headers["location"]
    servicio.put(path, json={"nombre": "b"})
    refused = servicio.put(path, json={"nombre": "c"}, headers={"If-Match": '"1"'})
    assert (refused.status_code, refused.json()["codigo"]) == (412, "version_obsoleta")
    assert refused.json()["etag_actual"] == '"2"'
    assert servicio.get(path).json()["nombre"] == "b"
