"""Pages as requesters write them, with the elements of Ground Truth's public templates, in a real browser."""

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from gtcrowd.tasks.models import Answer
from tests.portal.conftest import put
from tests.portal.pictures import counts, painted, scene

pytestmark = pytest.mark.browser
SCRIPT = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
PICTURE = "{{ task.input.source-ref | grant_read_access }}"
MASK = "{{ task.input.mask-ref | grant_read_access }}"


def press(name):
    return lambda frame: frame.get_by_role("button", name=name).click()


def check(name):
    return lambda frame: frame.get_by_label(name).check()


def fill(name, words):
    return lambda frame: frame.get_by_label(name).fill(words)


def key(name):
    return lambda frame: (
        frame.locator(":root").press(name) if name.startswith("Control") else frame.locator(".canvas").press(name)
    )


def rank(dimension, response, rank):
    def act(frame):
        group = frame.get_by_role("group", name=dimension)
        group.get_by_label(f"Response {response}").select_option(str(rank))

    return act


def begun(frame):
    """What was painted before has come, and can be undone; the task has the keyboard."""
    expect(frame.locator(".canvas")).to_be_focused()
    expect(frame.get_by_role("button", name="Undo")).to_be_enabled()


# Name: body of the form, what the worker does, what is sent.
PAGES = {
    "one category of a text": (
        """<crowd-classifier name="mood" categories="['sad', 'glad']" header="How is it?">
             <classification-target>{{ task.input.words }}</classification-target>
             <full-instructions header="Moods">Read it twice.</full-instructions>
             <short-instructions>Read.</short-instructions></crowd-classifier>""",
        [check("glad")],
        {"mood": {"label": "glad"}},
    ),
    "several categories": (
        """<crowd-classifier-multi-select name="why" categories='["late", "cold"]' header="Why?"
             exclusion-category="{ text: 'Neither' }"><classification-target>x</classification-target>
           </crowd-classifier-multi-select>""",
        [check("late"), check("cold")],
        {"why": {"labels": ["late", "cold"]}},
    ),
    "none of several": (
        """<crowd-classifier-multi-select name="why" categories='["late", "cold"]' header="Why?"
             exclusion-category="{ text: 'Neither' }"></crowd-classifier-multi-select>""",
        [check("late"), check("Neither")],
        {"why": {"labels": []}},
    ),
    "a picture and a field": (
        f"""<img src="{PICTURE}" alt="scene" width="200">
            <crowd-input name="plate" label="Number plate" required></crowd-input>""",
        [fill("Number plate", "K 77")],
        {"plate": "K 77"},
    ),
    "fields of several sorts": (
        """<crowd-input name="count" type="number" label="How many?"></crowd-input>
           <crowd-input name="empty" label="Left empty"></crowd-input>
           <crowd-text-area name="more" label="Tell more" rows="2" char-counter max-length="50"></crowd-text-area>""",
        [fill("How many?", "3"), fill("Tell more", "two\nlines")],
        {"count": 3, "more": "two\nlines"},
    ),
    "boxes to check": (
        """<crowd-checkbox name="seen" value="car">A car</crowd-checkbox>
           <crowd-checkbox name="seen" value="van" checked>A van</crowd-checkbox>
           <crowd-checkbox name="sure">Sure</crowd-checkbox>""",
        [check("A car"), check("Sure")],
        {"seen": {"car": True, "van": True}, "sure": {"on": True}},
    ),
    "radio buttons": (
        """<crowd-radio-group>
             <crowd-radio-button name="good" value="yes">Good</crowd-radio-button>
             <crowd-radio-button name="bad" value="yes">Bad</crowd-radio-button></crowd-radio-group>""",
        [check("Good"), check("Bad")],
        {"good": {"yes": False}, "bad": {"yes": True}},
    ),
    "a slider": (
        """<p>How sure?</p><crowd-slider name="sure" label="Sure" min="0" max="10" step="2" value="4" pin></crowd-slider>
           <crowd-slider name="left" label="Left as it is" min="1" max="3"></crowd-slider>""",
        [fill("Sure", "8")],
        {"sure": 8, "left": 1},
    ),
    "a slider to write into": (
        """<crowd-slider name="age" label="Age" min="0" max="99" editable></crowd-slider>""",
        [lambda frame: frame.get_by_role("spinbutton", name="Age").fill("42")],
        {"age": 42},
    ),
    "a switch": (
        """<crowd-toggle-button name="dark" value="yes">It is dark</crowd-toggle-button>""",
        [lambda frame: frame.get_by_role("switch", name="It is dark").check()],
        {"dark": {"yes": True}},
    ),
    "a button of its own": (
        """<crowd-input name="x" label="Word"></crowd-input>
           <crowd-button form-action="reset" variant="link">Start again</crowd-button>
           <crowd-button form-action="submit" variant="primary" icon="send">Hand in</crowd-button>""",
        [fill("Word", "wrong"), press("Start again"), fill("Word", "right")],
        {"x": "right"},
    ),
    "cards and alerts": (
        """<crowd-card heading="First"><crowd-alert type="warning" dismissible>Mind the step.</crowd-alert>
           <crowd-input name="one" label="One"></crowd-input></crowd-card>
           <crowd-badge icon="star" label="3"></crowd-badge>""",
        [press("Close"), fill("One", "1")],
        {"one": "1"},
    ),
    "tabs": (
        """<crowd-tabs><crowd-tab header="A"><crowd-input name="a" label="In A"></crowd-input></crowd-tab>
           <crowd-tab header="B"><crowd-input name="b" label="In B"></crowd-input></crowd-tab></crowd-tabs>""",
        [
            fill("In A", "1"),
            lambda frame: frame.get_by_role("tab", name="A").press("ArrowRight"),
            fill("In B", "2"),
        ],
        {"a": "1", "b": "2"},
    ),
    "instructions that open": (
        """<crowd-instructions link-text="How to" link-type="button">
             <short-summary>In short.</short-summary>
             <detailed-instructions>At length.</detailed-instructions>
             <positive-example>Like this.</positive-example>
             <negative-example>Not so.</negative-example></crowd-instructions>
           <crowd-input name="x" label="Word"></crowd-input>""",
        [
            press("How to"),
            lambda frame: expect(frame.get_by_role("dialog")).to_contain_text("At length."),
            press("Close"),
            fill("Word", "w"),
        ],
        {"x": "w"},
    ),
    "a dialog": (
        """<crowd-modal link-text="Open"><crowd-input name="inside" label="Inside"></crowd-input></crowd-modal>
           <crowd-toast text="Welcome" duration="0"></crowd-toast>""",
        [press("Open"), fill("Inside", "yes"), press("Close")],
        {"inside": "yes"},
    ),
    "liquid": (
        """{% for one in task.input.parts %}{% assign name = one.name | upcase %}
           <crowd-input name="{{ one.name }}" label="{{ name }}" value="{{ one.value }}"></crowd-input>{% endfor %}
           {% if task.input.words contains "sea" %}<crowd-checkbox name="sea">Sea</crowd-checkbox>{% endif %}""",
        [fill("B", "changed")],
        {"a": "1", "b": "changed", "sea": {"on": False}},
    ),
    "plain HTML": (
        """<fieldset><legend>Size</legend><label><input type="radio" name="size" value="big"> Big</label>
           <label><input type="radio" name="size" value="small"> Small</label></fieldset>
           <label>Note <textarea name="note"></textarea></label>
           <label>Kind <select name="kind"><option>a</option><option>b</option></select></label>
           <button type="submit">Send it</button>""",
        [check("Big"), fill("Note", "n"), lambda frame: frame.get_by_label("Kind").select_option("b")],
        {"size": {"big": True, "small": False}, "note": "n", "kind": "b"},
    ),
    "a script of its own": (
        """<crowd-input name="x" label="Word"></crowd-input><p id="told"></p>
           <script>document.querySelector("crowd-form").addEventListener("crowd-change",
             () => { document.getElementById("told").textContent = "changed"; });</script>""",
        [fill("Word", "w"), lambda frame: expect(frame.locator("#told")).to_have_text("changed")],
        {"x": "w"},
    ),
    "entities": (
        """<crowd-entity-annotation name="ner" header="Mark" text="{{ task.input.words }}"
             labels="[{'label': 'Thing', 'shortDisplayName': 'th', 'fullDisplayName': 'A thing'}]"
             initial-value="[{'label': 'Thing', 'startOffset': 4, 'endOffset': 8}]"></crowd-entity-annotation>""",
        [lambda frame: expect(frame.locator(".tag")).to_have_text("th×")],
        {"ner": {"entities": [{"label": "Thing", "startOffset": 4, "endOffset": 8}], "initialValueModified": False}},
    ),
    "boxes to adjust": (
        f"""<crowd-bounding-box name="cars" src="{PICTURE}" header="Adjust" labels="['car']"
              initial-value="[{{'label': 'car', 'left': 100, 'top': 100, 'width': 100, 'height': 80}}]">
            </crowd-bounding-box>""",
        [
            lambda frame: frame.locator(".canvas").press("]"),
            lambda frame: frame.locator(".canvas").press("Shift+ArrowRight"),
        ],
        {
            "cars": {
                "boundingBoxes": [{"label": "car", "left": 101, "top": 100, "width": 100, "height": 80}],
                "inputImageProperties": {"height": 480, "width": 640},
                "initialValueModified": True,
            }
        },
    ),
    "areas to adjust": (
        f"""<crowd-semantic-segmentation name="areas" src="{PICTURE}" labels="['car', 'van']" header="Adjust"
              initial-value="{{'src': '{MASK}', 'labelMappings': {{'van': {{'color': '#FF0000'}}, 'car': {{'color': '#0000fe'}},
              'BACKGROUND': {{'color': '#ffffff'}}}}}}"></crowd-semantic-segmentation>""",
        [begun],
        {
            "areas": {
                "labelMappings": {"car": {"color": "#2ca02c"}, "van": {"color": "#1f77b4"}},
                "inputImageProperties": {"height": 480, "width": 640},
                "initialValueModified": False,
            }
        },
    ),
    "areas to adjust as a manifest has them": (
        f"""<crowd-semantic-segmentation name="areas" src="{PICTURE}" labels="{{{{ task.input.kinds | to_json | escape }}}}" header="Adjust"
              initial-value='{{"src": "{MASK}",
                "labelMappings": {{{{ task.input.roads-ref-metadata.internal-color-map | to_json | escape }}}}}}'></crowd-semantic-segmentation>""",
        [begun],
        {
            "areas": {
                "labelMappings": {"car": {"color": "#2ca02c"}, "van": {"color": "#1f77b4"}},
                "inputImageProperties": {"height": 480, "width": 640},
                "initialValueModified": False,
            }
        },
    ),
    "things to adjust": (
        f"""<crowd-instance-segmentation name="things" src="{PICTURE}" labels="['car', 'van']" header="Adjust"
              initial-value='{{"src": "{MASK}", "instances": [{{"label": "van", "color": "#ff0000"}},
              {{"label": "van", "color": "#0000fe"}}]}}'></crowd-instance-segmentation>""",
        [begun, lambda frame: frame.locator(".canvas").press("Enter")],
        {
            "things": {
                "instances": [
                    {"label": "van", "color": "#2ca02c"},
                    {"label": "van", "color": "#1f77b4"},
                    {"label": "car", "color": "#ff7f0e"},
                ],
                "inputImageProperties": {"height": 480, "width": 640},
                "initialValueModified": True,
            }
        },
    ),
    "lines to adjust": (
        f"""<crowd-polyline name="way" src="{PICTURE}" labels="['road']" label-colors="['#ff0000']" header="Adjust"
              initial-value="{{polylines: [{{label: 'road', vertices: [{{x: 1, y: 2}}, {{x: 30, y: 40}}]}}]}}">
            </crowd-polyline>""",
        [lambda frame: expect(frame.locator(".annotation-name")).to_have_count(1)],
        {
            "way": {
                "polylines": [{"label": "road", "vertices": [{"x": 1, "y": 2}, {"x": 30, "y": 40}]}],
                "inputImageProperties": {"height": 480, "width": 640},
                "initialValueModified": False,
            }
        },
    ),
    "a check by the page's own script": (
        f"""<p id="refusal"></p><crowd-keypoint name="eyes" src="{PICTURE}" header="Both" labels="['left', 'right']">
              </crowd-keypoint>
            <script>document.querySelector("crowd-form").onsubmit = (event) => {{
              const element = document.querySelector("crowd-keypoint");
              const points = (element._submittableValue || element.value).keypoints;
              if (points.length === element.value.keypoints.length && points.length === 2) return;
              event.preventDefault();
              document.getElementById("refusal").innerHTML = '<crowd-alert type="error">Set two points.</crowd-alert>';
            }};</script>""",
        [
            *[key("Enter")] * 2,
            key("Control+Enter"),
            lambda frame: expect(frame.get_by_role("alert").filter(has_text="Set two points.")).to_be_visible(),
            *[key("Shift+ArrowRight")] * 9,
            key("n"),
            *[key("Enter")] * 2,
            lambda frame: expect(frame.locator(".annotation-name")).to_have_count(2),
        ],
        {
            "eyes": {
                "keypoints": [{"x": 320, "y": 240, "label": "left"}, {"x": 329, "y": 240, "label": "left"}],
                "inputImageProperties": {"width": 640, "height": 480},
            }
        },
    ),
    "a second question that depends on the first": (
        """<crowd-classifier name="animal" categories="['cat']" header="Which?"><classification-target>x
             </classification-target></crowd-classifier><second-question></second-question>
           <script>document.addEventListener("all-crowd-elements-ready", () => {
             const classifier = document.querySelector("crowd-classifier");
             const card = document.createElement("crowd-card");
             classifier.shadowRoot.querySelector(".annotation-area .category-picker-wrapper").after(card);
             classifier.categories = ["cat", "dog"];
             classifier.addEventListener("change", ({ target }) => {
               card.textContent = `Chosen: ${target.value}`;
               document.querySelector("second-question").innerHTML =
                 `<label><input type="checkbox" name="more" value="${target.value} sleeps"> Sleeps</label>`;
             });
           });</script>""",
        [check("dog"), lambda frame: expect(frame.get_by_text("Chosen: dog")).to_be_visible(), check("Sleeps")],
        {"animal": {"label": "dog"}, "more": {"dog sleeps": True}},
    ),
    "instructions of another width": (
        """<crowd-classifier-multi-select name="why" categories="['late', 'cold']" header="Why?">
             <full-instructions header="More">At length.</full-instructions>
             <short-instructions>In short.</short-instructions></crowd-classifier-multi-select>
           <script>document.addEventListener("all-crowd-elements-ready", () => {
             const { shadowRoot } = document.querySelector("crowd-classifier-multi-select");
             shadowRoot.querySelector(".awsui-app-layout__navigation").style.width = "123px";
             shadowRoot.querySelector(".awsui-modal-dialog").style.maxWidth = "90%";
           });</script>""",
        [check("late"), lambda frame: expect(frame.locator("short-instructions")).to_have_css("width", "123px")],
        {"why": {"labels": ["late"]}},
    ),
    "a picture over the drawing": (
        f"""<crowd-bounding-box name="cars" src="{PICTURE}" header="Check" labels="['car']"
              initial-value="[{{'label': 'car', 'left': 100, 'top': 100, 'width': 100, 'height': 80}}]">
              <short-instructions><crowd-slider id="strength" name="strength" value="50"></crowd-slider>
                <select name="more" aria-label="More"><option>a</option><option>b</option></select></short-instructions>
            </crowd-bounding-box><p id="size"></p>
            <script>document.addEventListener("all-crowd-elements-ready", () => {{
              const element = document.querySelector("crowd-bounding-box");
              element.labels = element.labels.concat(["van"]);
              const canvas = element.shadowRoot.querySelector("canvas.upper-canvas");
              strength.onchange = () => {{
                size.textContent = `${{canvas.getBoundingClientRect().width > 100}} ${{strength.value / 100}}`;
              }};
            }});</script>""",
        [
            check("van"),
            lambda frame: frame.get_by_role("slider", name="strength").fill("70"),
            lambda frame: expect(frame.locator("#size")).to_have_text("true 0.7"),
            lambda frame: frame.get_by_label("More").select_option("b"),
        ],
        {
            "cars": {
                "boundingBoxes": [{"label": "car", "left": 100, "top": 100, "width": 100, "height": 80}],
                "inputImageProperties": {"height": 480, "width": 640},
                "initialValueModified": False,
            },
            "strength": 70,
            "more": "b",
        },
    ),
    "a list as JSON": (
        """<p id="text"></p><div id="data" data-marks='{{ task.input.kinds }}'></div>
           <crowd-input name="why" label="Why?"></crowd-input>
           <script>text.textContent = JSON.parse(data.dataset.marks).join(" and ");</script>""",
        [lambda frame: expect(frame.locator("#text")).to_have_text("car and van"), fill("Why?", "so")],
        {"why": "so"},
    ),
    "responses to rank": (
        """<crowd-text-ranking name="rank" text="{{ task.input.words }}" responses='{{ task.input.kinds | to_json }}'
             ordinal-ranking-dimensions='[{"name":"Clear","allowTie":true},{"name":"True","allowTie":false}]'>
             <short-instructions>Rank.</short-instructions></crowd-text-ranking>""",
        [
            rank("Clear", 1, 1),
            rank("Clear", 2, 1),
            rank("True", 1, 2),
            rank("True", 2, 2),
            key("Control+Enter"),
            lambda frame: expect(frame.get_by_role("alert")).to_have_text("Give each rank once for “True”."),
            rank("True", 2, 1),
        ],
        {
            "ordinalRankingDimensions": [
                {"name": "Clear", "allowTie": True, "responseRankings": [1, 1]},
                {"name": "True", "allowTie": False, "responseRankings": [2, 1]},
            ]
        },
    ),
    "questions and answers": (
        """<crowd-question-answer-generation name="pairs" text="{{ task.input.lines }}" question-tags='["What", "Who"]'
             allow-custom-tags="true" question-min-words="2" question-max-words="4" max-questions="1"
             instructions="- Ask."></crowd-question-answer-generation>""",
        [
            fill("Question", "What?"),
            fill("Answer", "A boat"),
            check("What"),
            key("Control+Enter"),
            lambda frame: expect(frame.get_by_role("alert")).to_contain_text("write 2 to 4 words"),
            fill("Question", "What is there?"),
            fill("Another tag", "easy"),
            press("Add tag"),
            press("Add selection as reference"),
            lambda frame: expect(frame.get_by_text("Select a part of the text first.")).to_be_visible(),
            lambda frame: frame.get_by_label("Text to ask about.").press("Control+Home"),
            *[lambda frame: frame.get_by_label("Text to ask about.").press("ArrowRight")] * 4,
            *[lambda frame: frame.get_by_label("Text to ask about.").press("Shift+ArrowRight")] * 4,
            press("Add selection as reference"),
            lambda frame: expect(frame.get_by_role("button", name="Add question")).to_be_disabled(),
        ],
        {
            "pairs": {
                "questionsAndAnswers": [
                    {
                        "question": "What is there?",
                        "answer": "A boat",
                        "tags": ["What", "easy"],
                        "references": [{"startOffset": 6, "endOffset": 10, "text": "boat"}],
                    }
                ]
            }
        },
    ),
    "a document in a frame": (
        """<iframe title="Report" src="{{ task.input.report-ref | grant_read_access }}" width="300" height="80"></iframe>
           <crowd-input name="x" label="Word"></crowd-input>""",
        [
            lambda frame: expect(frame.frame_locator("iframe").get_by_text("Yearly report")).to_be_visible(),
            fill("Word", "w"),
        ],
        {"x": "w"},
    ),
    "a scale of a slider": (
        """<crowd-slider name="clear" min="1" max="3" step="1" pin="true" required>
             <crowd-slider-label position="1">bad</crowd-slider-label>
             <crowd-slider-label position="3">good</crowd-slider-label></crowd-slider>""",
        [
            lambda frame: expect(frame.get_by_text("good")).to_be_visible(),
            lambda frame: frame.get_by_role("slider", name="clear").fill("3"),
        ],
        {"clear": 3},
    ),
}


# How many pixels of each colour there are after the work.
PIXELS = {
    "areas to adjust": [1000, 2000, 304_200],
    "areas to adjust as a manifest has them": [1000, 2000, 304_200],
    "things to adjust": [],
}
COLOURS = {
    "0": {"class-name": "BACKGROUND", "hex-color": "#ffffff", "confidence": 0.8},
    "1": {"class-name": "car", "hex-color": "#0000fe", "confidence": 0.8},
    "2": {"class-name": "van", "hex-color": "#ff0000", "confidence": 0.8},
}


@pytest.mark.parametrize("name", PAGES)
def test_renders_and_submits_template(address, cleos_page: Page, give, name):
    body, acts, sent = PAGES[name]
    put("s3://heron-data/scene.png", scene(640, 480))
    put("s3://heron-data/mask.png", painted())
    put("s3://heron-data/report.html", b"<!doctype html><p>Yearly report</p>")
    line = {
        "source-ref": "s3://heron-data/scene.png",
        "mask-ref": "s3://heron-data/mask.png",
        "report-ref": "s3://heron-data/report.html",
        "roads-ref-metadata": {"internal-color-map": COLOURS},
        "kinds": ["car", "van"],
        "words": "The boat at sea",
        "lines": "😀\r\nA\r\nboat",
        "parts": [{"name": "a", "value": 1}, {"name": "b", "value": 2}],
    }
    job = give([line], kind="custom", categories=[], template=f"{SCRIPT}<crowd-form>{body}</crowd-form>")
    cleos_page.goto(f"{address}/work/{job.pk}/")
    cleos_page.get_by_role("button", name="Start working").click()
    frame: FrameLocator = cleos_page.frame_locator("#sandbox")
    expect(frame.locator("crowd-form .form-end")).to_be_attached()

    for act in acts:
        act(frame)
    cleos_page.keyboard.press("Control+Enter")

    expect(cleos_page.get_by_role("heading", name="Well done")).to_be_visible()
    content = Answer.objects.get().value
    masks = [part.pop("labeledImage") for part in content.values() if isinstance(part, dict) and "labeledImage" in part]
    for png in masks:
        assert counts(png)[: len(PIXELS[name])] == PIXELS[name]
    assert content == sent
    assert cleos_page.complaints == []
