"""What each number means, in words for people: the same on every page, in the API, and in docs/analytics.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class Definition:
    """`name`: of the column; `title`: what people read; `unit`: share, seconds, dollars, count, dollars an hour;
    `meaning`, `formula`; `source`: where the method is described; `undefined`: when there is no such number."""

    name: str
    title: Text
    unit: str
    meaning: Text
    formula: str
    source: str = ""
    undefined: Text = ""


NO_ANSWERS = _("There are no such answers.")
_ALL = (
    Definition(
        "submitted", _("Answers"), "count",
        _("Answers handed in, late and surplus ones and those to known objects included."), "count of answers",
    ),
    Definition(
        "workers", _("Active workers"), "count", _("Workers who handed in at least one answer."),
        "count of distinct workers with an answer",
    ),
    Definition(
        "accuracy", _("Estimated accuracy"), "share",
        _("How often answers are right, as far as the jobs' labels and the known objects tell. The truth is not needed. "
          "Each answer counts as right with the probability its label's method gives it, so that whoever gets hard "
          "objects is not blamed for them twice; known objects count as what they are. The interval holds the doubt in "
          "each label, chance, and that the labels of a job may all be off in one direction."),
        "Beta(m s, (1 - m) s) with m = sum(p) / n drawn to the crowd by 2 answers, and variance sum(p (1 - p)) / n² + "
        "m (1 - m) / n + 0.17² m (1 - m); updated by known objects",
        "Gelman et al. 2013, Bayesian data analysis, sections 2.4 and 5.3; constants measured by gtcrowd bench intervals",
        _("No answer has a label yet, and no known object was answered."),
    ),
    Definition(
        "agreement", _("Agreement with others"), "share",
        _("How far answers agree with what the others say of the same object; the worker's own answer is left out. For "
          "categories: with the most frequent answer of the others, ties counting their share. For shapes: mean IoU with "
          "others' answers, missing and surplus ones counting zero. For spans: F1. For texts: GLEU."),
        "sum(agreed) / compared", "", _("Nobody else has answered the same objects."),
    ),
    Definition(
        "gold_accuracy", _("Accuracy on known objects"), "share",
        _("Share of the answers to known objects that are as is known, with its 95 % interval."), "gold_right / gold_n",
        "Brown, Cai, DasGupta 2001, Interval estimation for a binomial proportion (Jeffreys)", NO_ANSWERS,
    ),
    Definition(
        "truth_accuracy", _("Accuracy by truth"), "share",
        _("Share of the answers that are right, where the truth came with the objects (replays, audits)."),
        "truth_right / truth_n", "", NO_ANSWERS,
    ),
    Definition(
        "p50", _("Median seconds"), "seconds",
        _("Half of the answers took less, by the server's clock from claim to submit. Counted in classes a quarter of an "
          "octave wide, so that it is off by a few percent at most."),
        "50th percentile of the time classes", "", NO_ANSWERS,
    ),
    Definition("p75", _("75 % within, seconds"), "seconds", _("Three in four answers took less."), "75th percentile", "",
               NO_ANSWERS),
    Definition("p90", _("90 % within, seconds"), "seconds", _("Nine in ten answers took less."), "90th percentile", "",
               NO_ANSWERS),
    Definition(
        "active_p50", _("Median active seconds"), "seconds",
        _("Half of the answers took less time in which the page was seen and used, as the page measured it; never more than "
          "the server's own time."),
        "50th percentile of the classes of active time", "", _("No page has measured active time."),
    ),
    Definition(
        "per_hour", _("Pay per hour"), "dollars an hour",
        _("What was paid by the time spent, that on returned, declined and expired tasks included."),
        "3600 paid / (seconds + lost_seconds)", "", NO_ANSWERS,
    ),
    Definition(
        "active_per_hour", _("Pay per active hour"), "dollars an hour", _("What was paid by the active time on answers."),
        "3600 paid / active_seconds", "", _("No page has measured active time."),
    ),
    Definition("return_rate", _("Returned"), "share", _("Share of the tasks taken that were returned."),
               "returned / (submitted + returned + declined + expired)", "", NO_ANSWERS),
    Definition("decline_rate", _("Declined"), "share", _("Share of the tasks taken that were declined."),
               "declined / (submitted + returned + declined + expired)", "", NO_ANSWERS),
    Definition("expire_rate", _("Expired"), "share", _("Share of the tasks taken whose time ran out without an answer."),
               "expired / (submitted + returned + declined + expired)", "", NO_ANSWERS),
    Definition("late_rate", _("Late"), "share", _("Share of the answers handed in after the time limit."),
               "late / submitted", "", NO_ANSWERS),
    Definition("paid", _("Paid"), "dollars", _("Paid for answers, as the ledger has it."), "sum of the answers' pay"),
    Definition(
        "alpha", _("Krippendorff's alpha"), "coefficient",
        _("Agreement beyond chance of all answers of a job: 1 is perfect, 0 is chance. Any number of answers an object."),
        "1 - observed / expected disagreement; interval by bootstrap over objects",
        "Krippendorff 2011, Computing Krippendorff's alpha-reliability",
        _("No object has two answers, or only one category was ever answered."),
    ),
    Definition(
        "kappa", _("Cohen's kappa"), "coefficient", _("Agreement beyond chance of two workers on the objects they share."),
        "(p - p_e) / (1 - p_e)", "Cohen 1960, A coefficient of agreement for nominal scales",
        _("The two share no object, or both gave one category only."),
    ),
    Definition(
        "ece", _("Expected calibration error"), "share",
        _("How far confidences are from how often labels are right, on average over ten bins. A warning stands where fewer "
          "than 50 labels have a known truth."),
        "sum over bins of n_b / n · |accuracy - confidence|",
        "Naeini, Cooper, Hauskrecht 2015, Obtaining well calibrated probabilities using Bayesian binning",
        _("No label has a known truth."),
    ),
    Definition(
        "forecast", _("Finish"), "days",
        _("Days to come are drawn from the last 28 days in blocks of up to a week; half of the futures are done by the day "
          "shown, 90 of 100 within the band."),
        "moving-block bootstrap of answers a day", "Künsch 1989, The jackknife and the bootstrap for stationary observations",
        _("Fewer than three days of work, or none with an answer."),
    ),
)  # fmt: skip

DEFINITIONS: Mapping[str, Definition] = MappingProxyType({one.name: one for one in _ALL})
