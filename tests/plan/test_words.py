"""Figures in words: nothing is called complete that is not."""

from decimal import Decimal

import pytest

from gegma.plan.board import reading_text
from gegma.plan.compute import Reading


@pytest.mark.parametrize(
    ("numerator", "denominator", "words"),
    [(3, 4, "75"), (997, 1000, "99.7"), (9999, 10000, "99.9"), (1, 1000, "0.1"), (1, 10000, "0.1"), (4, 4, "100"), (0, 4, "0"), (2, 3, "67")],
)
def test_only_what_is_complete_is_called_so(numerator, denominator, words, settings):
    from django.utils import translation

    with translation.override("en"):
        share = Reading(value=Decimal(100 * numerator) / denominator, numerator=numerator, denominator=denominator, percent=True)
        assert reading_text(share).startswith(f"{words}\u00a0%")
