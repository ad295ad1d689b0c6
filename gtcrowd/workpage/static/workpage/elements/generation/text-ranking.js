// <crowd-text-ranking>: rank the responses to a prompt, once for every dimension.
//
// Attributes: text (the prompt), responses (a list), ordinal-ranking-dimensions (a list of {name, allowTie}).
// Answer, not under the element's name but as it is: {ordinalRankingDimensions: [{name, allowTie, responseRankings}]},
// where responseRankings has the rank of each response, 1 for the best, in the order of `responses`.

import { readAny, readList } from "../attributes.js";
import { build } from "../build.js";
import { CrowdElement, keepChanges } from "../crowd-element.js";
import { instructionsOf } from "../instructions.js";
import { text } from "../texts.js";

export class CrowdTextRanking extends CrowdElement {
  spreads = true;

  connectedCallback() {
    if (this.dimensions) return;
    this.responses = readList(this.getAttribute("responses") ?? "");
    this.dimensions = (readAny(this.getAttribute("ordinal-ranking-dimensions") ?? "") ?? []).map((dimension) => ({
      name: String(dimension.name),
      allowTie: dimension.allowTie === true || dimension.allowTie === "true",
      selects: this.responses.map((_response, index) => this.select(index)),
    }));
    const prompt = build("p", { class: "generation-text", dir: "auto" }, this.getAttribute("text") ?? "");
    this.append(
      build(
        "div",
        { class: "generation-texts", tabindex: "0" },
        prompt,
        ...this.responses.map((response, index) => this.response(response, index)),
      ),
      build(
        "div",
        { class: "side" },
        ...this.dimensions.map((dimension) => this.fieldset(dimension)),
        ...instructionsOf(this),
      ),
    );
    this.classList.add("ready");
  }

  get name() {
    return this.getAttribute("name") ?? this.localName;
  }

  get answer() {
    const ordinalRankingDimensions = this.dimensions.map(({ name, allowTie, selects }) => ({
      name,
      allowTie,
      responseRankings: selects.map((select) => Number(select.value)),
    }));
    return { ordinalRankingDimensions };
  }

  get problem() {
    for (const { name, allowTie, selects } of this.dimensions) {
      const ranks = selects.map((select) => select.value);
      if (ranks.includes("")) return text("notAllRanked", { name });
      if (!allowTie && new Set(ranks).size < ranks.length) return text("ranksTied", { name });
    }
    return null;
  }

  get draft() {
    return this.dimensions.map(({ selects }) => selects.map((select) => select.value));
  }

  restore(ranks) {
    this.dimensions.forEach(({ selects }, index) =>
      selects.forEach((select, position) => (select.value = ranks[index]?.[position] ?? "")),
    );
  }

  reset() {
    this.restore([]);
    this.notify();
  }

  takeFocus() {
    const selects = this.dimensions.flatMap((dimension) => dimension.selects);
    (selects.find((select) => !select.value) ?? selects[0])?.focus({ preventScroll: true });
  }

  select(index) {
    const ranks = this.responses.map((_response, rank) => build("option", { value: rank + 1 }, `${rank + 1}`));
    const name = text("response", { number: index + 1 });
    const select = build("select", { "aria-label": name }, build("option", { value: "" }, "–"), ...ranks);
    keepChanges(select);
    select.addEventListener("change", () => this.notify());
    return select;
  }

  response(response, index) {
    const heading = build("h3", {}, text("response", { number: index + 1 }));
    return build("section", {}, heading, build("p", { class: "generation-text", dir: "auto" }, response));
  }

  fieldset({ name, allowTie, selects }) {
    const rows = selects.map((select, index) =>
      build(
        "div",
        { class: "generation-row" },
        build("span", { "aria-hidden": "true" }, text("response", { number: index + 1 })),
        select,
      ),
    );
    const hint = build("p", { class: "generation-hint" }, text(allowTie ? "ranksMayTie" : "ranksDiffer"));
    return build("fieldset", { class: "choices" }, build("legend", {}, name), hint, ...rows);
  }
}
