// Encode a picture of few colours as a base64 PNG with a palette: one byte per pixel. Does not depend on the page.

const CRC = Uint32Array.from({ length: 256 }, (_nothing, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

const BAND = 1 << 20; // bytes compressed at once, so that the page stays responsive

/** `codes`: a LabelMap; `colours`: "#rrggbb" by code. */
export async function png(codes, colours) {
  const { width, height } = codes;
  const compressed = new Uint8Array(
    await new Response(rows(codes).pipeThrough(new CompressionStream("deflate"))).arrayBuffer(),
  );
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 3, 0, 0, 0], 8); // eight bits, palette
  const list = Uint8Array.from(
    colours.flatMap((colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16))),
  );
  const magic = Uint8Array.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return base64([
    magic,
    chunk("IHDR", header),
    chunk("PLTE", list),
    chunk("IDAT", compressed),
    chunk("IEND", new Uint8Array()),
  ]);
}

/** The rows of the picture, each preceded by filter type 0. */
function rows(codes) {
  const [length, rowsPerBand] = [codes.width + 1, Math.max(1, Math.floor(BAND / (codes.width + 1)))];
  let y = 0;
  return new ReadableStream({
    pull(controller) {
      const count = Math.min(rowsPerBand, codes.height - y);
      const bytes = new Uint8Array(length * count);
      for (let row = 0; row < count; row += 1) codes.copyRow(y + row, bytes, row * length + 1);
      controller.enqueue(bytes);
      y += count;
      if (y >= codes.height) controller.close();
    },
  });
}

function chunk(name, data) {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc(bytes.subarray(4, data.length + 8)));
  return bytes;
}

function crc(bytes) {
  let c = 0xffffffff;
  for (const byte of bytes) c = CRC[(c ^ byte) & 0xff] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

function base64(parts) {
  let text = "";
  for (const part of parts)
    for (let at = 0; at < part.length; at += 0x8000) text += String.fromCharCode(...part.subarray(at, at + 0x8000));
  return btoa(text);
}
