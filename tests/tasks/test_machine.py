"""Whatever workers, owners, clocks and the runner do in whatever order, what the models say holds."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from gtcrowd import job_lifecycle
from gtcrowd.jobs import pause, state, stop
from gtcrowd.jobs.models import Job
from gtcrowd.ledger import balance, names
from gtcrowd.tasks.allocation import claim
from gtcrowd.tasks.answers import submit
from gtcrowd.tasks.lifecycle import change, expire, extend_lease, release
from gtcrowd.tasks.models import Answer, Assignment, JobWorker, Slot, Task
from gtcrowd.workforce import invite
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
OBJECTS = 6
WORKERS = st.integers(0, 4)
SKEW = st.integers(-5, 5)
LABELS = st.sampled_from(["heron", "ibis"])


class Machine(RuleBasedStateMachine):
    """Five workers at a job of six objects; every web machine's clock is wrong by up to five seconds."""

    def __init__(self, viewer, make_job, make_workers):
        super().__init__()
        self.viewer, self.clock = viewer, NOW
        self.job, self.workers = make_job(), make_workers()
        self.receipts, self.handed = {}, {}

    def now(self, skew):
        return self.clock + timedelta(seconds=skew)

    def fresh(self):
        return Job.objects.select_related("requester", "team__workforce").get(pk=self.job.pk)

    @rule(who=WORKERS, skew=SKEW)
    def claim(self, who, skew):
        try:
            held = claim.next_assignment(worker=self.workers[who], job=self.fresh(), now=self.now(skew))
        except claim.NothingToDo:
            return
        if held.pk not in self.handed:
            self._must_be_wanted(held)
        self.handed[held.pk] = held

    @rule(skew=SKEW)
    def everybody_claims(self, skew):
        for who in range(len(self.workers)):
            self.claim(who, skew)

    @rule(submits=st.lists(st.booleans(), min_size=5, max_size=5), late=st.booleans())
    def a_round_of_work(self, submits, late):
        """Everybody takes a task; some hand in, perhaps only after their time is over and others have come."""
        before = set(self.handed)
        self.everybody_claims(0)
        mine = sorted(set(self.handed) - before)
        if late:
            self.clock += timedelta(seconds=61)
            self.everybody_claims(0)
        for pk, hands_in in zip(mine, submits, strict=False):
            if hands_in:
                self._submit(self.handed[pk], "heron", 0)

    def _must_be_wanted(self, held):
        """What is newly handed out is open, and not beyond what the job asked for when it was last settled."""
        slot, job = Slot.objects.select_related("task").get(pk=held.slot_id), self.fresh()
        assert (slot.task.state, slot.withdrawn) == ("open", False)
        in_use = Slot.objects.filter(task=slot.task, free_at__gt=held.claimed_at, withdrawn=False).count()
        if job.applied == job.revision:
            assert slot.task.answer_count + in_use <= job.workers_per_object

    @rule(who=WORKERS, skew=SKEW)
    def claim_in_advance(self, who, skew):
        try:
            held = claim.in_advance(worker=self.workers[who], job=self.fresh(), now=self.now(skew))
        except claim.NothingToDo:
            return
        self.handed[held.pk] = held

    @precondition(lambda self: self.handed)
    @rule(which=st.integers(0, 1000), label=LABELS, skew=SKEW)
    def submit(self, which, label, skew):
        """Any assignment ever handed out: live, late, ended, or answered before."""
        self._submit(self.handed[sorted(self.handed)[which % len(self.handed)]], label, skew)

    def _submit(self, held, label, skew):
        held.job = self.fresh()
        slot = Slot.objects.get(pk=held.slot_id)
        lost = slot.fence != held.fence or slot.free_at is None
        try:
            receipt = submit.submit(assignment=held, content={"crowd-classifier": {"label": label}}, now=self.now(skew))
        except submit.AlreadyAnswered:
            assert Answer.objects.filter(task=held.task_id, worker=held.worker_id).exists()
        except submit.AssignmentEnded:
            assert Assignment.objects.get(pk=held.pk).state in ("returned", "declined")
        else:
            earlier = self.receipts.setdefault(receipt.answer.pk, receipt)
            assert (earlier.paid, earlier.extra, earlier.answer.value) == (receipt.paid, receipt.extra, label)
            assert receipt.repeated == (earlier is not receipt)
            assert receipt.repeated or receipt.answer.pk != held.pk or receipt.extra == lost
            promised = Assignment.objects.get(pk=receipt.answer.pk).price  # or of the stay taken after this one
            unpaid = receipt.extra and not held.job.late_answers_paid
            assert receipt.repeated or receipt.paid == (0 if unpaid else promised)

    @precondition(lambda self: self.handed)
    @rule(which=st.integers(0, 1000), how=st.sampled_from([release.give_back, release.decline]), skew=SKEW)
    def release(self, which, how, skew):
        held = self.handed[sorted(self.handed)[which % len(self.handed)]]
        how(assignment=held, now=self.now(skew))

    @precondition(lambda self: self.handed)
    @rule(which=st.integers(0, 1000), skew=SKEW)
    def extend_lease(self, which, skew):
        held = Assignment.objects.select_related("job").get(pk=sorted(self.handed)[which % len(self.handed)])
        try:
            until = extend_lease.extend(assignment=held, now=self.now(skew))
        except extend_lease.NotExtended:
            return
        slot = Slot.objects.get(pk=held.slot_id)
        assert (slot.free_at, slot.fence) == (until, held.fence)

    @rule(seconds=st.sampled_from([1, 20, 61, 200]))
    def time_passes(self, seconds):
        self.clock += timedelta(seconds=seconds)

    @rule(skew=SKEW)
    def runner_looks(self, skew):
        expire.tidy(now=self.now(skew))
        job_lifecycle.advance(self.job.pk, now=self.now(skew))

    @rule(how=st.sampled_from([pause.pause, pause.resume]))
    def pause_or_resume(self, how):
        try:
            how(viewer=self.viewer, job=self.fresh(), now=self.clock)
        except state.NotPossible:
            assert self.fresh().state != "InProgress"

    @rule(settled=st.booleans(), values=st.one_of(
        st.fixed_dictionaries({"workers_per_object": st.integers(1, 4)}),
        st.fixed_dictionaries({"price": st.sampled_from(["0.012", "0.024", "0.036"])}),
        st.fixed_dictionaries({"late_answers_paid": st.booleans()}),
    ))  # fmt: skip
    def change(self, settled, values):
        try:
            change.change(viewer=self.viewer, job=self.fresh(), values=values, now=self.clock)
        except state.NotPossible:
            assert self.fresh().state not in ("InProgress", "Initializing")
        if settled:
            job_lifecycle.advance(self.job.pk, now=self.clock)

    @rule(who=WORKERS, there=st.booleans(), suspended=st.booleans())
    def team_changes(self, who, there, suspended):
        (self.job.team.workers.add if there else self.job.team.workers.remove)(self.workers[who])
        if suspended:
            invite.suspend(viewer=self.viewer, worker=self.workers[who], reason="")
        else:
            invite.reinstate(viewer=self.viewer, worker=self.workers[who])

    @precondition(lambda self: len(self.receipts) > 5)
    @rule()
    def stop(self):
        try:
            stop.stop(viewer=self.viewer, job=self.fresh(), now=self.clock)
        except state.NotPossible:
            assert self.fresh().state != "InProgress"

    @invariant()
    def nobody_twice_on_an_object_and_one_task_at_a_time(self):
        own = Assignment.objects.filter(job=self.job)
        final = own.filter(state__in=["live", "submitted", "declined"])
        assert not final.values("task", "worker").annotate(n=Count("pk")).filter(n__gt=1).exists()
        live = own.filter(state="live").values("worker", "in_advance").annotate(n=Count("pk"))
        assert not live.filter(n__gt=1).exists()

    @invariant()
    def never_more_than_wanted(self):
        for task in self._tasks():
            filled, leased = task["filled"], task["leased"]
            assert filled == task["answer_count"] <= task["target_answers"]
            assert filled + leased <= task["target_answers"] or task["has_withdrawn"]
            assert (task["state"] == "open") == task["to_fill"], (task["state"], task["reason_code"])
            assert (task["state"] == "open") or task["reason_code"]

    def _tasks(self):
        """The job's tasks with what their slots and answers say, in one query: this is asked after every step."""
        slots = Slot.objects.filter(task=OuterRef("pk"))
        count = {"of_answers": Answer.objects.filter(task=OuterRef("pk"), extra=False),
                 "of_slots": slots.filter(free_at__gt=self.clock)}  # fmt: skip
        counted = {
            name: Coalesce(Subquery(rows.order_by().values("task").annotate(n=Count("pk")).values("n")), 0)
            for name, rows in count.items()
        }
        return Task.objects.filter(job=self.job).values("target_answers", "answer_count", "state", "reason_code").annotate(
            filled=counted["of_answers"], leased=counted["of_slots"], has_withdrawn=Exists(slots.filter(withdrawn=True)),
            to_fill=Exists(slots.filter(free_at__isnull=False)),
        )  # fmt: skip

    @invariant()
    def every_receipt_stands_and_is_paid_once(self):
        stored = Answer.objects.filter(job=self.job)
        assert set(stored.values_list("pk", flat=True)) == set(self.receipts)
        paid = sum((receipt.paid for receipt in self.receipts.values()), Decimal(0))
        earned = sum(balance.balances(names.earned(worker.pk) for worker in self.workers).values())
        assert earned == paid
        assert balance.trial_balance() == 0
        assert balance.balance(names.hold(self.job.pk)) >= 0
        counted = JobWorker.objects.filter(job=self.job).aggregate(
            answers=Sum("answers"), filled=Sum("filled_slots"), paid=Sum("paid")
        )
        if self.receipts:
            right = stored.aggregate(n=Count("pk"), filled=Count("pk", filter=Q(extra=False)))
            assert (counted["answers"], counted["filled"], counted["paid"]) == (right["n"], right["filled"], paid)

    def teardown(self):
        """In the end the runner settles everything: what is open wants what the job wants."""
        job = job_lifecycle.advance(self.job.pk, now=self.clock + timedelta(seconds=500))
        for task in Task.objects.filter(job=job, state="open"):
            slots = Slot.objects.filter(task=task, free_at__isnull=False).count()
            assert task.answer_count + slots == job.workers_per_object
        if job.ended:
            assert balance.balance(names.hold(job.pk)) == 0


@pytest.mark.long
def test_state_machine(alice, ask, hire):
    alice.requester.credit = 10**6
    alice.requester.save()
    runs = iter(range(10**6))

    def machine():
        run = next(runs)
        return Machine(
            alice,
            lambda: ask(
                *(f"{run} {n}" for n in range(OBJECTS)),
                name=f"job{run}", workers_per_object=2, time_limit=60, task_lifetime=86_400,
            ),
            lambda: [hire(f"{run}-{name}") for name in ("cleo", "dan", "eve", "fay", "gil")],
        )  # fmt: skip

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shorten a failing run takes minutes
        ),
    )
