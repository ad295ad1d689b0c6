// Fill the tool guide with what the task reports: how to work with it, its tools and its keys.

const SVG = "http://www.w3.org/2000/svg";

export function fillGuide(part, { about, tools, keys }, nothing) {
  part("guide-about").replaceChildren(
    ...(about.length || tools.length || keys.length ? about : [nothing]).map((words) => makeElement("p", words)),
  );
  part("guide-tools").replaceChildren(...tools.map(tool));
  part("guide-tools-part").hidden = tools.length === 0;
  part("guide-keys").replaceChildren(...keys.map(key));
  part("guide-keys-part").hidden = keys.length === 0;
}

/** A table row for a key; also used by the list of shortcuts. */
export function key([pressed, words]) {
  const row = makeElement("tr");
  const head = makeElement("th");
  head.scope = "row";
  head.append(makeElement("kbd", pressed));
  row.append(head, makeElement("td", words));
  return row;
}

function tool({ words, key: pressed, symbol, icon }) {
  const row = makeElement("tr");
  const head = makeElement("th");
  head.scope = "row";
  const picture = makeElement("span", icon ? "" : symbol);
  picture.className = "guide-icon";
  picture.setAttribute("aria-hidden", "true");
  if (icon) picture.append(makeIcon(icon));
  head.append(picture, words);
  const cell = makeElement("td");
  if (pressed) cell.append(makeElement("kbd", pressed));
  row.append(head, cell);
  return row;
}

function makeIcon(path) {
  const [svg, line] = ["svg", "path"].map((name) => document.createElementNS(SVG, name));
  svg.setAttribute("viewBox", "0 0 20 20");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

function makeElement(name, words = "") {
  const element = document.createElement(name);
  element.textContent = words;
  return element;
}
