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
        _("Answers handed in, late and extra ones and those to known objects included."), "count of answers",
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
          "others' answers, missing and extra ones counting zero. For spans: F1. For texts: GLEU."),
        "sum(agreement_sum) / compared", "", _("Nobody else has answered the same objects."),
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
        "recall", _("Recognized"), "share",
        _("Of the answers to objects of a category (known, else by the truth, else by the label), the share that say so. "
          "A worker's few answers are drawn to the crowd's share of that category by 2 answers. The interval is of chance "
          "only: labels are in doubt as well."),
        "right / n; of a worker (right + 2 crowd) / (n + 2)",
        "Brown, Cai, DasGupta 2001, Interval estimation for a binomial proportion (Jeffreys); Gelman et al. 2013, Bayesian "
        "data analysis, section 2.4",
        _("No answer was given to an object of this category."),
    ),
    Definition(
        "precision", _("Right where said"), "share",
        _("Of the answers that say a category, the share to objects that are of it (known, else by the truth, else by the "
          "label)."),
        "right / answered",
        "Brown, Cai, DasGupta 2001, Interval estimation for a binomial proportion (Jeffreys)",
        _("Nobody answered this category."),
    ),
    Definition(
        "at_crowds_mix", _("Right with the crowd's mix"), "share",
        _("How often a worker would be right if the objects were mixed as the whole job's are: who was given more of a hard "
          "category is compared fairly."),
        "sum over categories of the crowd's share of it · the worker's recall, drawn to the crowd",
        "Fleiss, Levin, Paik 2003, Statistical methods for rates and proportions, section 19.3 (direct standardization)",
        _("No answer has a label yet."),
    ),
    Definition(
        "drift", _("Drift"), "log-likelihood ratio",
        _("For each answer, in order of time, how much likelier it is of somebody who has stopped looking, in six of ten "
          "answers, than of the worker as they were before; what is right is taken from the others' answers. The sum begins "
          "anew where it falls below zero; where it passes the threshold, a case is opened. The threshold allows one false "
          "alarm a month over all workers. A worker's first answers only tell how they answer."),
        "S_n = max(0, S_(n-1) + log(0.4 + 0.6 habit / as before)); alarm at ln(answers a month) + 2",
        "Page 1954, Continuous inspection schemes; Lorden 1971, Procedures for reacting to a change in distribution",
        _("The kind of label has no categories, or more than 50."),
    ),
    Definition(
        "object_flow", _("Way of the objects"), "count",
        _("Every object is at one end: labeled, failed, its time ran out, waiting, spared the workers, or known beforehand. "
          "Handed out is what any worker ever took; answered is what has an answer that counts. Jobs of more than 20,000 "
          "objects are counted with each of their runs, others as the page is drawn."),
        "counts of tasks by state, reason and whether labeled",
    ),
    Definition(
        "box_offset", _("Offset of boxes"), "share",
        _("How far boxes lie off those they should be (known, else by the truth, else the label's), on average, in shares of "
          "the width and height those have; how much wider and higher they are, as a logarithm (0.05 is about a twentieth). Boxes "
          "are matched within a label, the most overlapping first. What is left of it on average is systematic. Labels are "
          "made of these answers as well, so that the true offset is a little larger."),
        "dx = mean((x - X) / W), dy = mean((y - Y) / H), log(w / W), log(h / H), of centers x, y; mean ± t s / sqrt(n)",
        "Student 1908, The probable error of a mean", _("No box overlaps one it could be held against."),
    ),
    Definition(
        "iou", _("Mean IoU"), "likeness",
        _("Intersection over union of matched boxes: 1 is the same box, 0 no overlap. Missed and extra boxes are told apart."),
        "area of both / area of either",
        "Everingham et al. 2010, The Pascal visual object classes (VOC) challenge, section 4.2",
        _("No box overlaps one it could be held against."),
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
