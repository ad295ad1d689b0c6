// What the elements say, in the language of the page that they stand in.

export function text(name) {
  return document.querySelector("template[data-crowd-texts]")?.dataset[name] ?? name;
}
