"""Define every metric in words for people: the same on every page, in the API and in docs/analytics.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class Definition:
    """What a metric means.

    `name` is its column and `title` its heading; `unit` is one of share, seconds, dollars, dollars an hour, count,
    coefficient, likeness, days, log-likelihood ratio. `source` cites the method; `undefined` says when there is no
    value.
    """

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
        _("Submitted answers, including late answers, extra answers and answers to gold questions."),
        "count of answers",
    ),
    Definition(
        "workers", _("Active workers"), "count", _("Workers who submitted at least one answer."),
        "count of distinct workers with an answer",
    ),
    Definition(
        "accuracy", _("Estimated accuracy"), "share",
        _("Estimated share of correct answers, from the labels of the jobs and from gold questions; the truth is not "
          "needed. Each answer counts with the probability that it is correct according to the consolidation method, so "
          "a worker is not penalized for hard objects. Answers to gold questions count as correct or incorrect. The 95 % "
          "interval covers sampling error, the uncertainty of each label, and a common bias of all labels of a job."),
        "Beta(m s, (1 - m) s), m = Σp / n shrunk to the crowd mean by 2 answers, variance Σp(1 - p) / n² + m(1 - m) / n + "
        "0.17² m(1 - m); then updated with gold answers",
        "Gelman et al. 2013, Bayesian data analysis, sections 2.4 and 5.3; constants measured by gtcrowd bench intervals",
        _("No answer has a label yet, and no gold question was answered."),
    ),
    Definition(
        "agreement", _("Agreement with others"), "share",
        _("Mean agreement of each answer with the other workers' answers to the same object. Categories: agreement with "
          "the most frequent other answer; ties count fractionally. Shapes: mean IoU with the other answers; missed and "
          "extra shapes count as zero. Entity spans: F1. Text: GLEU."),
        "agreement_sum / compared", "", _("No other worker has answered the same objects."),
    ),
    Definition(
        "gold_accuracy", _("Accuracy on gold"), "share",
        _("Share of correct answers to gold questions, with a 95 % interval."), "gold_right / gold_n",
        "Brown, Cai, DasGupta 2001, Interval estimation for a binomial proportion (Jeffreys)", NO_ANSWERS,
    ),
    Definition(
        "truth_accuracy", _("Accuracy by truth"), "share",
        _("Share of correct answers among objects whose truth was supplied, as in replays and audits."),
        "truth_right / truth_n", "", NO_ANSWERS,
    ),
    Definition(
        "p50", _("Median seconds"), "seconds",
        _("Half of the answers took less time, measured by the server from claim to submission. Times are counted in "
          "histogram bins of a quarter octave, so the value is accurate to a few percent."),
        "50th percentile of the time histogram", "", NO_ANSWERS,
    ),
    Definition("p75", _("75th percentile, seconds"), "seconds", _("75 % of the answers took less time."),
               "75th percentile of the time histogram", "", NO_ANSWERS),
    Definition("p90", _("90th percentile, seconds"), "seconds", _("90 % of the answers took less time."),
               "90th percentile of the time histogram", "", NO_ANSWERS),
    Definition(
        "active_p50", _("Median active seconds"), "seconds",
        _("Half of the answers took less active time: the time during which the page was visible and in use, as measured "
          "by the page. It never exceeds the time measured by the server."),
        "50th percentile of the active time histogram", "", _("No page has reported active time."),
    ),
    Definition(
        "per_hour", _("Pay per hour"), "dollars an hour",
        _("Pay divided by the time spent, including time on returned, declined and expired tasks."),
        "3600 paid / (seconds + lost_seconds)", "", NO_ANSWERS,
    ),
    Definition(
        "active_per_hour", _("Pay per active hour"), "dollars an hour",
        _("Pay divided by the active time on answers."),
        "3600 paid / active_seconds", "", _("No page has reported active time."),
    ),
    Definition("return_rate", _("Return rate"), "share", _("Share of accepted tasks that were returned."),
               "returned / (submitted + returned + declined + expired)", "", NO_ANSWERS),
    Definition("decline_rate", _("Decline rate"), "share", _("Share of accepted tasks that were declined."),
               "declined / (submitted + returned + declined + expired)", "", NO_ANSWERS),
    Definition("expire_rate", _("Expiry rate"), "share", _("Share of accepted tasks that expired without an answer."),
               "expired / (submitted + returned + declined + expired)", "", NO_ANSWERS),
    Definition("late_rate", _("Late"), "share", _("Share of answers submitted after the time limit."),
               "late / submitted", "", NO_ANSWERS),
    Definition("paid", _("Paid"), "dollars", _("Pay for answers, according to the ledger."), "sum of the answers' pay"),
    Definition(
        "alpha", _("Krippendorff's alpha"), "coefficient",
        _("Chance-corrected agreement of all answers of a job: 1 is perfect agreement, 0 is chance level. Objects may have "
          "any number of answers."),
        "1 - observed disagreement / expected disagreement; bootstrap interval over objects",
        "Krippendorff 2011, Computing Krippendorff's alpha-reliability",
        _("No object has two answers, or all answers are the same category."),
    ),
    Definition(
        "kappa", _("Cohen's kappa"), "coefficient",
        _("Chance-corrected agreement of two workers on the objects that both answered."),
        "(p - p_e) / (1 - p_e)", "Cohen 1960, A coefficient of agreement for nominal scales",
        _("The two workers share no object, or both used a single category."),
    ),
    Definition(
        "ece", _("Expected calibration error"), "share",
        _("Mean absolute difference between confidence and accuracy of the labels over ten bins, weighted by labels. A "
          "warning is shown if the truth of fewer than 50 labels is known."),
        "Σ_b n_b / n · |accuracy_b - confidence_b|",
        "Naeini, Cooper, Hauskrecht 2015, Obtaining well calibrated probabilities using Bayesian binning",
        _("The truth of no label is known."),
    ),
    Definition(
        "recall", _("Recall"), "share",
        _("Share of the answers to objects of a category that name this category. The reference is the gold answer, else "
          "the truth, else the label. A worker's recall is shrunk towards the crowd's with the weight of 2 answers. The "
          "interval covers sampling error only, not the uncertainty of labels."),
        "right / n; for a worker (right + 2 crowd) / (n + 2)",
        "Brown, Cai, DasGupta 2001, Interval estimation for a binomial proportion (Jeffreys); Gelman et al. 2013, Bayesian "
        "data analysis, section 2.4",
        _("No object of this category has an answer."),
    ),
    Definition(
        "precision", _("Precision"), "share",
        _("Share of the answers that name a category whose object is of this category. The reference is the gold answer, "
          "else the truth, else the label."),
        "right / answered",
        "Brown, Cai, DasGupta 2001, Interval estimation for a binomial proportion (Jeffreys)",
        _("No answer names this category."),
    ),
    Definition(
        "at_crowds_mix", _("Standardized accuracy"), "share",
        _("Expected accuracy of a worker if their objects had the same mix of categories as the whole job, so that workers "
          "who received more objects of a hard category are compared fairly."),
        "Σ_c (share of category c in the job) · (the worker's recall of c, shrunk towards the crowd)",
        "Fleiss, Levin, Paik 2003, Statistical methods for rates and proportions, section 19.3 (direct standardization)",
        _("No answer has a label yet."),
    ),
    Definition(
        "drift", _("Drift"), "log-likelihood ratio",
        _("CUSUM statistic for a drop in accuracy. For each answer in time order it adds the log-likelihood ratio of "
          "guessing on 60 % of the objects against the worker's earlier behavior; the reference is the other workers' "
          "answers. The sum restarts at zero, and a case is opened when it exceeds the threshold, which allows one false "
          "alarm per month over all workers. A worker's first answers serve as the baseline only."),
        "S_n = max(0, S_(n-1) + log(0.4 + 0.6 p_guess / p_before)); alarm at ln(answers per month) + 2",
        "Page 1954, Continuous inspection schemes; Lorden 1971, Procedures for reacting to a change in distribution",
        _("The task type has no categories, or more than 50."),
    ),
    Definition(
        "object_flow", _("Object flow"), "count",
        _("Every object has exactly one outcome: labeled, failed, expired, waiting, not needed, or gold. Assigned counts the "
          "objects that any worker accepted; answered counts those with a valid answer. Jobs of more than 20,000 "
          "objects are counted at each consolidation, smaller jobs when the page is loaded."),
        "counts of tasks by state, reason and whether labeled",
    ),
    Definition(
        "box_offset", _("Box offset"), "share",
        _("Mean offset of boxes from their reference (the gold answer, else the truth, else the label), as a share of the "
          "reference width and height; and the mean difference in size, as a logarithm (0.05 is about 5 %). Boxes are "
          "matched within a label by descending overlap. A nonzero mean is a systematic error. Because labels are made "
          "from these answers, the true offset is slightly larger."),
        "dx = mean((x - X) / W), dy = mean((y - Y) / H), log(w / W), log(h / H), of centers x, y; mean ± t s / √n",
        "Student 1908, The probable error of a mean", _("No box overlaps a reference box."),
    ),
    Definition(
        "iou", _("Mean IoU"), "likeness",
        _("Mean intersection over union of matched boxes: 1 means identical, 0 no overlap. Missed and extra boxes are "
          "counted separately."),
        "area of the intersection / area of the union",
        "Everingham et al. 2010, The Pascal visual object classes (VOC) challenge, section 4.2",
        _("No box overlaps a reference box."),
    ),
    Definition(
        "forecast", _("Finish"), "days",
        _("Forecast completion date. Future days are simulated from the last 28 days in blocks of up to a week; half of "
          "the simulations finish by the date shown, and 90 % within the band."),
        "moving-block bootstrap of answers per day",
        "Künsch 1989, The jackknife and the bootstrap for stationary observations",
        _("The job has fewer than three days of work, or no answers yet."),
    ),
)  # fmt: skip

DEFINITIONS: Mapping[str, Definition] = MappingProxyType({definition.name: definition for definition in _ALL})
