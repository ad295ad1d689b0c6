// Initial masks: a PNG whose colours stand for labels or instances, to start from or to verify.

import { readObject } from "./attributes.js";

const BAND = 512; // rows decoded at once

/** The attribute {src, labelMappings: {label: {color}}} or {src, instances: [{label, color}]}, or null for none. The manifest's
 *  own map of colours, {"1": {"class-name", "hex-color"}}, is taken as well. Gives {src, things: [{label, color}]}. */
export function readInitial(text) {
  if (!text?.trim()) return null;
  return parseInitial(readObject(text));
}

/** Parse the same from an object. White means no label. */
export function parseInitial({ src = "", labelMappings, instances }) {
  const listed =
    instances ??
    Object.entries(labelMappings ?? {}).map(([label, mapping]) => ({
      label: mapping["class-name"] ?? label,
      color: mapping["hex-color"] ?? mapping.color ?? mapping,
    }));
  const things = listed.map(({ label, color }) => ({ label: String(label), color: String(color).toLowerCase() }));
  return {
    src: String(src),
    things: things.filter(({ color }) => /^#[0-9a-f]{6}$/.test(color) && color !== "#ffffff"),
  };
}

/** Read a picture of such colours into codes, as large as these. `coded`: Map from "#rrggbb" to code; other colours are
 *  nothing. The picture must have been loaded with leave to read it (`crossOrigin`). */
export async function decode(image, codes, codesByColour) {
  const codeOf = new Map([...codesByColour].map(([colour, code]) => [parseInt(colour.slice(1), 16), code]));
  // Without colour management: colours are codes and must be read exactly.
  const bitmap = await createImageBitmap(image, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: codes.width, height: Math.min(BAND, codes.height) });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingEnabled = false;
  const [across, down] = [bitmap.width / codes.width, bitmap.height / codes.height];
  for (let top = 0; top < codes.height; top += BAND) {
    const height = Math.min(BAND, codes.height - top);
    context.clearRect(0, 0, codes.width, height);
    context.drawImage(bitmap, 0, top * down, codes.width * across, height * down, 0, 0, codes.width, height);
    readBand(context.getImageData(0, 0, codes.width, height), codeOf, (row, line) => codes.rowOf(top + row, line));
  }
  bitmap.close();
}

function readBand({ data, width, height }, codeOf, onRow) {
  const line = new Uint8Array(width);
  let [last, code] = [-1, 0]; // most pixels have the colour of the one before
  for (let row = 0; row < height; row += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (row * width + x) * 4;
      const rgb = data[at + 3] < 128 ? -2 : (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
      if (rgb !== last) [last, code] = [rgb, codeOf.get(rgb) ?? 0];
      line[x] = code;
    }
    onRow(row, line);
  }
}
