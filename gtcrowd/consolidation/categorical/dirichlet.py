"""Dirichlet distributions for variational Bayes."""

from __future__ import annotations

import numpy as np
from scipy import special

from gtcrowd.consolidation.arrays import FloatArray


def expected_log(alpha: FloatArray) -> FloatArray:
    """Return E[ln θ] = ψ(α) - ψ(Σ α) under Dir(α) along the last axis, of the shape of `alpha`."""
    return np.asarray(special.digamma(alpha) - special.digamma(alpha.sum(axis=-1, keepdims=True)))


def kl_divergence(posterior: FloatArray, prior: FloatArray) -> float:
    """Return KL(Dir(posterior) ‖ Dir(prior)) along the last axis, summed over the others."""

    def log_norm(alpha: FloatArray) -> FloatArray:
        return np.asarray(special.gammaln(alpha.sum(axis=-1)) - special.gammaln(alpha).sum(axis=-1))

    difference = np.sum(log_norm(posterior) - log_norm(prior))
    return float(difference + np.sum((posterior - prior) * expected_log(posterior)))
