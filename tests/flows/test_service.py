"""The whole service as its users meet it: started by the one command, used in a browser and with a key, and killed."""

import contextlib
import http.client
import http.cookiejar
import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from socket import socket

import psutil
import psycopg
import pytest
from playwright.sync_api import expect

from gtcrowd.platform import postgres
from tests import polling

pytestmark = pytest.mark.browser


def free_port():
    with socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


class Service:
    """`gtcrowd serve --demo` in a folder of its own, with an embedded database of its own."""

    def __init__(self, folder):
        self.var, self.port = folder / "var", free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        unset = {"DATABASE_URL", "GTCROWD_STORE_DIR", "GTCROWD_MAIL_URL", "GTCROWD_LOG_LEVEL"}
        environment = {name: value for name, value in os.environ.items() if name not in unset}
        self.environment = environment | {"GTCROWD_VAR": str(self.var), "GTCROWD_LOG_LEVEL": "WARNING"}
        self.log = folder / "log"

    def run(self, *arguments, **options):
        return subprocess.Popen([sys.executable, "-m", "gtcrowd", *arguments], env=self.environment, **options)

    def start(self):
        with self.log.open("ab") as log:
            command = ("serve", "--demo", "--port", str(self.port))
            self.process = self.run(*command, stdout=log, stderr=log)
        polling.until(lambda: self.process.poll() is not None or (self.registered() and self.ready()))
        assert self.process.poll() is None, self.log.read_text()[-3000:]
        return self

    def registered(self):
        """Whether it is this start that runs, and not what an earlier one left behind."""
        file = self.var / "processes.json"
        return file.exists() and json.loads(file.read_text() or "[[0]]")[0][0] == self.process.pid

    def ready(self):
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def complete(self):
        """Whether nothing of what was killed is missing any more."""
        return self.children("granian") and self.children("gtcrowd worker") and self.ready()

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(polling.DEADLINE_SECONDS) == 0, self.log.read_text()[-2000:]

    def accounts(self):
        return json.loads((self.var / "demo-accounts.json").read_text())

    def fetch(self, path):
        token = self.accounts()["access key"]["token"]
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def query(self, sql):
        with psycopg.connect(postgres.url(self.var / "postgres")) as connection:
            result = connection.execute(sql)
            return result.fetchall() if result.description else []

    def children(self, word):
        result = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):  # just ended, perhaps
                result += [child] if word in " ".join(child.cmdline()) else []
        return result


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("service")
    folder.chmod(0o755)
    service = Service(folder).start()
    yield service
    if service.process.poll() is None:
        service.stop()


def sign_in(page, service, account):
    page.goto(f"{service.url}/account/login/")
    page.locator("input[name=login]").focus()
    page.keyboard.type(account["email"])
    page.locator("input[name=password]").focus()
    page.keyboard.type(account["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)


def test_keyboard_labels_reach_dashboard_and_api(service, browser):
    answers = "/api/v1/jobs/postcodes-today/answers/"
    assert service.fetch(answers)["results"] == []
    accounts = service.accounts()
    page, operations = browser.new_context().new_page(), browser.new_context().new_page()
    sign_in(page, service, accounts["worker Ada"])
    page.wait_for_url("**/work/")
    for _ in range(30):  # by Tab alone to the button that starts the work
        page.keyboard.press("Tab")
        if re.match("Start", page.evaluate("document.activeElement.innerText || ''").strip()):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/work/*/")
    for count in range(1, 6):
        radio = page.frame_locator("#sandbox").get_by_role("radio").first
        expect(radio).to_be_focused()
        expect(radio).not_to_be_checked()
        page.keyboard.press(str(count))
        page.keyboard.press("Control+Enter")
        polling.until(lambda count=count: len(service.fetch(answers)["results"]) == count)

    sign_in(operations, service, accounts["operations"])
    job = service.query("SELECT id FROM jobs_job WHERE name = 'postcodes-today'")[0][0]
    operations.goto(f"{service.url}/dashboards/?job={job}")
    operations.locator("#numbers dd", has_text=re.compile("^5$")).first.wait_for()
    operations.locator("#throughput-graph .bars").first.wait_for()

    assert [row["value"] for row in service.fetch(answers)["results"]] == ["1", "2", "3", "4", "5"]


def test_labels_are_fetched_by_a_program(service):
    page = service.fetch("/api/v1/jobs/postcodes-pilot/labels/?min_confidence=0.5&page_size=3")

    assert len(page["results"]) == 3
    assert page["next"]


def test_refuses_second_start_in_folder(service):
    second = service.run("serve", "--port", str(free_port()), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    message, _nothing = second.communicate(timeout=polling.DEADLINE_SECONDS)
    assert second.returncode != 0
    assert b"already running" in message


def test_killed_processes_lose_nothing(service, tmp_path):
    """kill -9 of web and queue processes, again and again during a replay: the same labels, the ledger at zero."""
    rows = [f"t{task},w{worker},{'no' if worker == task % 6 else 'yes' if task % 3 else 'maybe'}"
            for task in range(150) for worker in range(5)]  # fmt: skip
    (tmp_path / "answers.csv").write_text("task,worker,label\n" + "\n".join(rows) + "\n")
    undisturbed = service.run("replay", str(tmp_path), "--name", "calm", "--json", stdout=subprocess.PIPE)
    assert undisturbed.wait(polling.DEADLINE_SECONDS) == 0

    replay = service.run("replay", str(tmp_path), "--name", "killed", "--json", stdout=subprocess.PIPE)
    kills = 0
    while replay.poll() is None:
        for process in service.children("granian")[:1] + service.children("gtcrowd worker")[:1]:
            process.kill()
            kills += 1
        polling.until(lambda: replay.poll() is not None or service.complete())
    undisturbed.stdout.close()
    replay.stdout.close()

    assert replay.returncode == 0
    assert kills >= 2
    polling.until(service.ready)
    answers = service.query(
        "SELECT job.name, count(*), count(DISTINCT (answer.task_id, answer.worker_id)) FROM tasks_answer answer "
        "JOIN jobs_job job ON job.id = answer.job_id WHERE job.name IN ('calm', 'killed') GROUP BY 1 ORDER BY 1"
    )
    assert answers == [("calm", 750, 750), ("killed", 750, 750)]
    labels = service.query(
        "SELECT count(*), count(DISTINCT (position, value)) FROM labels_label label JOIN jobs_job job "
        "ON job.id = label.job_id WHERE job.name IN ('calm', 'killed') AND label.current"
    )
    assert labels == [(300, 150)]
    assert service.query("SELECT coalesce(sum(amount), 0) FROM ledger_entry") == [(0,)]


class Hand:
    """A worker without a page: signs in, takes tasks, and sends each answer until it is acknowledged."""

    def __init__(self, service, account, job, stopped):
        self.stopped = stopped
        self.url, self.work = service.url, f"{service.url}/work/{job}/"
        jar = http.cookiejar.CookieJar()
        self.jar, self.opener = jar, urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        self.acknowledged, self.refused = {}, 0
        self.call(f"{self.url}/account/login/")
        self.call(f"{self.url}/account/login/", {"login": account["email"], "password": account["password"]})

    def call(self, address, form=None, sent=None):
        token = next((cookie.value for cookie in self.jar if cookie.name == "csrftoken"), "")
        headers = {"X-CSRFToken": token, "Referer": self.url, "Origin": self.url}
        data = None if form is None else urllib.parse.urlencode({**form, "csrfmiddlewaretoken": token}).encode()
        if sent is not None:
            data, headers = json.dumps(sent).encode(), headers | {"Content-Type": "application/json"}
        with self.opener.open(urllib.request.Request(address, data, headers), timeout=20) as answer:
            return answer.read().decode()

    def label(self):
        task = None
        while not self.stopped.is_set():
            try:
                task = self.answered(task) if task else self.begun()
            except (OSError, http.client.HTTPException) as trouble:
                if isinstance(trouble, urllib.error.HTTPError) and trouble.code == 409:
                    task = None
                self.refused += 1
                self.stopped.wait(0.2)

    def begun(self):
        self.call(f"{self.work}start/", {})
        result = re.search(r'<script id="task" type="application/json">(.*?)</script>', self.call(self.work))
        if result is None:
            self.stopped.wait(0.2)
            return None
        return json.loads(result[1])["assignment"]

    def answered(self, task):
        content = {"crowd-image-classifier": {"label": str(task % 10)}}
        reply = json.loads(self.call(f"{self.work}submit/", sent={"assignment": task, "content": content}))
        self.acknowledged[task] = reply["receipt"]
        return (reply["next"] or {}).get("assignment")


def test_acknowledged_answers_survive_any_kill(service):
    """kill -9 of the web server, and of the database while it writes, in the middle of a load."""
    (job,) = (row[0] for row in service.query("SELECT id FROM jobs_job WHERE name = 'postcodes-today'"))
    service.query("UPDATE jobs_job SET workers_per_object = 9, max_concurrent = 150 WHERE name = 'postcodes-today'")
    accounts = service.accounts()
    stopped = threading.Event()
    hands = [Hand(service, account, job, stopped) for name, account in accounts.items() if name.startswith("worker")]
    threads = [threading.Thread(target=hand.label, daemon=True) for hand in hands]
    for thread in threads:
        thread.start()
    kills = 0
    for goal in range(5, 40, 5):  # seven times in the middle of it
        polling.until(lambda goal=goal: sum(len(hand.acknowledged) for hand in hands) >= goal)
        if kills % 2:
            with contextlib.suppress(psycopg.Error):
                backends = (
                    "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
                )
                for row in service.query(backends)[:1]:
                    os.kill(row[0], signal.SIGKILL)  # the server then ends all others and recovers
        else:
            for process in service.children("granian")[:1]:
                process.kill()
        kills += 1
    polling.until(lambda: sum(len(hand.acknowledged) for hand in hands) >= 40)
    stopped.set()
    for thread in threads:
        thread.join(polling.DEADLINE_SECONDS)

    polling.until(service.ready)
    acknowledged = {task: receipt for hand in hands for task, receipt in hand.acknowledged.items()}
    stored = service.query(
        "SELECT assignment_id, paid::text FROM tasks_answer answer JOIN jobs_job job ON job.id = answer.job_id "
        "WHERE job.name = 'postcodes-today'"
    )
    paid = service.query(
        "SELECT substr(reference, 8)::bigint, count(*) FROM ledger_transaction WHERE reference LIKE 'answer:%' GROUP BY 1"
    )
    assert kills >= 6
    assert sum(hand.refused for hand in hands) > 0
    assert len(acknowledged) > 20
    assert {task: receipt["paid"] for task, receipt in acknowledged.items()}.items() <= dict(stored).items()
    assert dict.fromkeys(acknowledged, 1).items() <= dict(paid).items()
    assert not service.query("SELECT FROM tasks_task WHERE answer_count > target_answers")
    assert not service.query(
        "SELECT FROM tasks_answer WHERE NOT gold AND NOT extra GROUP BY task_id HAVING count(*) > "
        "(SELECT target_answers FROM tasks_task WHERE data_object_id = task_id)"
    )
    assert service.query("SELECT coalesce(sum(amount), 0) FROM ledger_entry") == [(0,)]


def test_ctrl_c_stops_and_restart_keeps_data(service):
    family = psutil.Process(service.process.pid).children(recursive=True)
    service.stop()

    _gone, left = psutil.wait_procs(family, timeout=polling.DEADLINE_SECONDS)
    assert left == []
    polling.until(lambda: not _postgres_runs(service))
    accounts = service.accounts()
    service.start()
    assert service.accounts() == accounts
    assert len(service.fetch("/api/v1/jobs/")["results"]) == 4


def test_killed_start_does_not_block_restart(service):
    service.process.kill()
    service.process.wait()

    service.start()

    assert service.ready()


def _postgres_runs(service):
    file = Path(service.var / "postgres" / "postmaster.pid")
    return file.exists() and psutil.pid_exists(int(file.read_text().split()[0]))
