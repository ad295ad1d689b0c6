// Base of the elements that answer: what the scripts of a template may use of them, as with the elements of Ground Truth.
//
// Properties: value, _submittableValue (the answer so far), shadowRoot (finds the parts of the element by the class names
// of Ground Truth). Events: `change`, whose target is the element, beside `crowd-change`.

/** Selectors that public templates use inside Ground Truth's elements, and the same parts of ours. */
const PARTS = {
  ".annotation-area": ".ready",
  ".category-picker-wrapper": ".choices",
  "canvas.upper-canvas": ".canvas-content",
  "canvas.lower-canvas": ".canvas-content",
  ".awsui-app-layout__navigation": "short-instructions",
  ".awsui-modal-dialog": "full-instructions",
};

export class CrowdElement extends HTMLElement {
  /** Names of the properties that a script may set before the element is defined. */
  static settable = [];

  constructor() {
    super();
    for (const name of this.constructor.settable) this.adopt(name);
  }

  get value() {
    return this._submittableValue;
  }

  get _submittableValue() {
    return this.answer;
  }

  get shadowRoot() {
    return openRoot(this);
  }

  /** Tell the form and the scripts of the template that the answer has changed. */
  notify() {
    this.dispatchEvent(new CustomEvent("crowd-change", { bubbles: true, detail: { name: this.name } }));
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** Turn a property of the plain element, which hides the accessor, into a call of it. */
  adopt(name) {
    if (!Object.hasOwn(this, name)) return;
    const value = this[name];
    delete this[name];
    queueMicrotask(() => (this[name] = value));
  }
}

/** Keep the `change` events of a control to itself: the element announces its own. */
export function keepChanges(control) {
  control.addEventListener("change", (event) => event.stopPropagation());
}

/** The element itself, as its own open shadow root: queries also find the form around it, and parts by other names. */
function openRoot(host) {
  const own = {
    host,
    mode: "open",
    shadowRoot: null,
    querySelector: (selector) => find(host, selector)[0] ?? null,
    querySelectorAll: (selector) => find(host, selector),
  };
  return new Proxy(host, {
    get: (target, name) => {
      if (Object.hasOwn(own, name)) return own[name];
      const value = target[name];
      return typeof value === "function" ? value.bind(target) : value;
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  });
}

/** Find parts of the element by Ground Truth's class names, and the form around it by its tag. Whoever walks through all
 *  elements (`*`) meets them in the page already: here there are none besides. */
function find(host, selector) {
  if (selector.trim() === "*") return [];
  let ours = selector;
  for (const [part, same] of Object.entries(PARTS)) ours = ours.replaceAll(part, same);
  const form = selector.includes("crowd-form") ? host.closest("crowd-form") : null;
  const own = ours === selector ? [] : [host];
  return [...(form ? [form] : []), ...own, ...host.querySelectorAll("*")].filter((element) => element.matches(ours));
}
