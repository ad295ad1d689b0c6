// A picture of few colours as a PNG in base64: one byte a pixel, its colour from a list. Nothing here knows a page.

const CRC = Uint32Array.from({ length: 256 }, (_nothing, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

/** `codes`: one a pixel, row by row; `colours`: "#rrggbb" by code. */
export async function png(codes, width, height, colours) {
  const rows = new Uint8Array((width + 1) * height); // each row begins with the number of its filter: none
  for (let y = 0; y < height; y += 1) rows.set(codes.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const packed = new Uint8Array(await new Response(new Blob([rows]).stream().pipeThrough(new CompressionStream("deflate"))).arrayBuffer());
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 3, 0, 0, 0], 8); // eight bits, a list of colours
  const list = Uint8Array.from(colours.flatMap((colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16))));
  const magic = Uint8Array.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return base64([magic, chunk("IHDR", header), chunk("PLTE", list), chunk("IDAT", packed), chunk("IEND", new Uint8Array())]);
}

function chunk(name, data) {
  const made = new Uint8Array(data.length + 12);
  const view = new DataView(made.buffer);
  view.setUint32(0, data.length);
  made.set(new TextEncoder().encode(name), 4);
  made.set(data, 8);
  view.setUint32(data.length + 8, crc(made.subarray(4, data.length + 8)));
  return made;
}

function crc(bytes) {
  let c = 0xffffffff;
  for (const byte of bytes) c = CRC[(c ^ byte) & 0xff] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

function base64(parts) {
  let text = "";
  for (const part of parts) for (let at = 0; at < part.length; at += 0x8000) text += String.fromCharCode(...part.subarray(at, at + 0x8000));
  return btoa(text);
}
