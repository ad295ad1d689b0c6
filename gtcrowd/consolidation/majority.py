"""Majority vote: every answer counts the same, and the confidence is the share of the winner."""

from gtcrowd.consolidation import steps
from gtcrowd.consolidation.conclusion import Conclusion, conclude
from gtcrowd.consolidation.table import AnswerTable


def majority(table: AnswerTable) -> Conclusion:
    """The label given most often; of several given equally often, the first in the order of the labels."""
    return conclude("majority", table, steps.vote_shares(table))
