// Icons of buttons, each one path in a 20 × 20 square, by the names that templates use.

import { icon } from "../build.js";

const PATHS = {
  add: "M10 4v12M4 10h12",
  "arrow-back": "M16 10H4M9 5l-5 5 5 5",
  "arrow-forward": "M4 10h12M11 5l5 5-5 5",
  cancel: "M5 5l10 10M15 5L5 15",
  check: "M4 10l4 4 8-9",
  clear: "M5 5l10 10M15 5L5 15",
  close: "M5 5l10 10M15 5L5 15",
  delete: "M4 6h12M8 6V4h4v2M6 6l1 11h6l1-11",
  done: "M4 10l4 4 8-9",
  edit: "M4 16l1-4 8-8 3 3-8 8z",
  error: "M10 3v9M10 15v1",
  favorite: "M10 16S3 12 3 7a3.5 3.5 0 0 1 7-1 3.5 3.5 0 0 1 7 1c0 5-7 9-7 9z",
  help: "M7 7a3 3 0 1 1 4 3l-1 1v1M10 15v1",
  home: "M3 10l7-6 7 6M5 9v8h10V9",
  info: "M10 9v7M10 5v1",
  menu: "M3 5h14M3 10h14M3 15h14",
  refresh: "M16 10a6 6 0 1 1-2-4M16 3v4h-4",
  remove: "M4 10h12",
  save: "M4 4h10l2 2v10H4zM7 4v4h6V4",
  search: "M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4M13 13l4 4",
  send: "M3 10l14-6-5 13-3-6z",
  settings: "M4 5h12M4 10h12M4 15h12M8 3v4M13 8v4M6 13v4",
  star: "M10 3l2 5h5l-4 3 2 6-5-4-5 4 2-6-4-3h5z",
  visibility: "M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4",
  warning: "M10 3L2 17h16zM10 8v4M10 14v1",
};

/** The icon of a name, with or without icon set prefix; a dot for unknown names. */
export function iconNamed(name) {
  return icon(PATHS[name.split(":").at(-1)] ?? "M10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4");
}
