"""Misspellings, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.busqueda.typos import allowed, distance, looked_up, meant, variants

LETTERS = "abcde"
words_of = st.text(LETTERS, min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("one", "other", "errors"),
    [
        ("ruiz", "ruiz", 0),
        ("riuz", "ruiz", 1),
        ("riz", "ruiz", 1),
        ("ruizz", "ruiz", 1),
        ("roiz", "ruiz", 1),
        ("uriz", "ruiz", 1),
        ("ruzi", "ruiz", 1),
        ("urzi", "ruiz", 2),
        ("panadria", "panaderia", 1),
        ("panadaria", "panaderia", 1),
        ("pnadaria", "panaderia", 2),
        ("martinez", "gutierrez", 3),
        ("", "ab", 2),
    ],
)
def test_a_swap_of_neighbours_is_one_error(one, other, errors):
    assert distance(one, other, 2) == errors


@given(words_of, words_of)
def test_a_distance_is_the_same_both_ways_and_stops_one_above_the_most(one, other):
    assert distance(one, other, 2) == distance(other, one, 2) <= 3
    assert abs(len(one) - len(other)) <= distance(one, other, 12) <= max(len(one), len(other))
    assert distance(one, other, 2) == min(distance(one, other, 12), 3)


@given(words_of, st.data())
def test_each_change_of_a_letter_or_swap_is_at_most_one_error(word, data):
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from(LETTERS))
    put_in, left_out = word[:at] + letter + word[at:], word[:at] + word[at + 1 :]
    changed, swapped = (
        word[:at] + letter + word[at + 1 :],
        word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
    )
    assert max(distance(word, each, 2) for each in (put_in, left_out, changed, swapped)) <= 1


@given(st.text(LETTERS, min_size=4, max_size=14), st.data())
def test_whoever_mistypes_a_word_within_what_it_allows_finds_it(word, data):
    typed = word
    for _ in range(allowed(word)):
        at = data.draw(st.integers(0, len(typed) - 1))
        letter = data.draw(st.sampled_from(LETTERS))
        typed = data.draw(
            st.sampled_from(
                [
                    typed[:at] + letter + typed[at:],
                    typed[:at] + typed[at + 1 :],
                    typed[:at] + letter + typed[at + 1 :],
                    typed[:at] + typed[at : at + 2][::-1] + typed[at + 2 :],
                ]
            )
        )
    if distance(typed, word, 2) <= allowed(word):  # two swaps that cross are further than they look
        assert variants(word) & looked_up(typed)
        assert typed == word or word in meant(typed, [word])


@pytest.mark.parametrize(
    ("word", "errors"),
    [("sol", 0), ("ruiz", 1), ("talleres", 2), ("martine", 1), ("b12345674", 0), ("a@b", 0), ("x" * 33, 0)],
)
def test_short_words_and_those_with_digits_allow_no_error(word, errors):
    assert allowed(word) == errors
    assert bool(variants(word)) == bool(errors)


def test_the_nearest_word_goes_first():
    assert list(meant("martines", ["marino", "martinez", "gil", "mortinas"])) == ["martinez", "mortinas"]


def test_a_word_is_kept_under_few_variants_however_long_it_is():
    assert {len(variants("abcdefgh" * 4)), len(variants("abcdefg")), len(variants("abcd"))} == {29, 8, 5}
