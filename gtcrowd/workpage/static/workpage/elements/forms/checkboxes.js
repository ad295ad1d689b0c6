// <crowd-checkbox>, <crowd-toggle-button>, <crowd-radio-button> in a <crowd-radio-group>. Each adds {value: checked}
// under its name; those with the same name are merged.

import { build } from "../build.js";
import { Field } from "./field.js";

let groups = 0;

class Check extends Field {
  static settable = ["checked"];
  merges = true;

  createControl() {
    return build("input", { type: "checkbox" });
  }

  setUp() {
    this.labelElement = build("span", { class: "choice-label" }, ...this.childNodes);
    this.append(build("label", { class: "choice" }, this.control, this.labelElement));
  }

  applyAttribute(name) {
    if (name === "checked") this.control.checked = this.hasAttribute("checked");
  }

  get value() {
    return this.getAttribute("value") ?? "on";
  }

  get checked() {
    return this.control?.checked ?? this.hasAttribute("checked");
  }

  set checked(checked) {
    if (this.control) this.control.checked = checked;
    else this.toggleAttribute("checked", Boolean(checked));
  }

  get draft() {
    return { checked: this.checked };
  }

  restore({ checked }) {
    this.checked = checked;
  }

  get answer() {
    return this.name ? { [this.value]: this.checked } : undefined;
  }
}

export class CrowdCheckbox extends Check {}

export class CrowdToggleButton extends Check {
  createControl() {
    return build("input", { type: "checkbox", role: "switch", class: "switch" });
  }
}

export class CrowdRadioButton extends Check {
  createControl() {
    const group = this.closest("crowd-radio-group");
    if (group) group.dataset.group ??= `radio-${++groups}`;
    return build("input", { type: "radio", name: group?.dataset.group ?? `radio-${++groups}` });
  }
}

export class CrowdRadioGroup extends HTMLElement {
  connectedCallback() {
    this.setAttribute("role", "radiogroup");
  }
}
