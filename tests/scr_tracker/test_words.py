"""Words: what is cut short is cut as Django cuts it."""

from django.utils.text import Truncator
from hypothesis import given
from hypothesis import strategies as st

from scr_tracker import words

TEXTS = st.text(st.sampled_from("ab ’…é\n\u0301\u00a0"), max_size=40)


@given(TEXTS, st.integers(1, 30))
def test_texts_are_shortened_as_django_shortens_them(text, longest):
    assert words.shortened(text, longest) == Truncator(text).chars(longest)


@given(TEXTS, st.integers(1, 12))
def test_the_first_words_are_those_that_django_keeps(text, most):
    assert words.first_words(text, most) == Truncator(text).words(most, truncate=" …")
