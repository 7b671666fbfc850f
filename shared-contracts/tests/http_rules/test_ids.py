"""Identifiers."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from http_rules import is_id, new_id


def test_an_id_says_what_it_is_and_is_never_the_same():
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda _: new_id("fac"), range(20_000)))
    assert len(set(ids)) == len(ids)
    assert all(is_id(one, "fac") for one in ids)


def test_ids_sort_in_the_order_in_which_they_were_made():
    ids = [new_id("fac") for _ in range(5_000)]
    assert ids == sorted(ids)


def test_an_id_cannot_be_guessed_from_its_neighbour():
    one, other = (int(new_id("fac")[-16:], 16) for _ in range(2))
    assert (one ^ other).bit_count() > 3


@pytest.mark.parametrize(
    "text",
    [
        "", "fac", "fac_", "fac_1", "pag_" + "a" * 32, "fac_" + "A" * 32, "fac_" + "g" * 32,
        "fac_" + "a" * 31,
        "fac_" + "a" * 33, "fac_" + "a" * 32 + "\n", " fac_" + "a" * 32, "fac-" + "a" * 32, "FAC_" + "a" * 32,
        "fac_" + "１" * 32, "\x00",
    ],
)  # fmt: skip
def test_what_has_another_form_is_no_id(text):
    assert not is_id(text, "fac")
