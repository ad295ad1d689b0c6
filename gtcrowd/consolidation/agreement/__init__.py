"""Agreement of workers beyond chance, computed from the answers alone."""

from gtcrowd.consolidation.agreement.alpha import Agreement, alpha, alpha_of_numbers
from gtcrowd.consolidation.agreement.kappa import cohen, cohen_matrix, fleiss, percent

__all__ = ["Agreement", "alpha", "alpha_of_numbers", "cohen", "cohen_matrix", "fleiss", "percent"]
