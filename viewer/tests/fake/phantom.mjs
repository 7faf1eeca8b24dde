/** A phantom generated in code: signed 16-bit slices whose values at known places are known. */
import { deflateSync, crc32 } from 'node:zlib';

export const values = { air: -1000, body: 40, bone: 700, lesion: 120, lung: -800 };

const inside = (x, y, cx, cy, rx, ry) => ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1;

/** Stored value of pixel (x, y), from 0, in slice `z` of `depth`, on a picture of `size` pixels. */
export function valueAt(x, y, z, size, depth) {
  const s = size / 128;
  const grow = 0.75 + 0.25 * Math.sin((Math.PI * (z + 0.5)) / depth);
  if (inside(x, y, 64 * s, 96 * s, 8 * s, 8 * s)) return values.bone;
  if (Math.abs(z - depth / 2) < depth / 8 && inside(x, y, 84 * s, 56 * s, 6 * s, 6 * s)) return values.lesion;
  if (inside(x, y, 40 * s, 60 * s, 16 * s * grow, 24 * s * grow)) return values.lung;
  if (inside(x, y, 88 * s, 60 * s, 16 * s * grow, 24 * s * grow)) return values.lung;
  if (inside(x, y, 64 * s, 64 * s, 56 * s, 44 * s)) return values.body;
  return values.air;
}

export function frame(z, size, depth) {
  const bytes = Buffer.alloc(size * size * 2);
  for (let y = 0; y < size; y += 1) for (let x = 0; x < size; x += 1) bytes.writeInt16LE(valueAt(x, y, z, size, depth), (y * size + x) * 2);
  return bytes;
}

/** The linear function of PS3.3 C.11.2.1.2.1 onto 0 to 255. */
export function grey(value, center, width) {
  const scaled = ((value - (center - 0.5)) / (width - 1) + 0.5) * 255;
  return Math.max(0, Math.min(255, Math.round(scaled)));
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/** A PNG of 8-bit greys, row by row. */
export function greyPng(width, height, pixels) {
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y += 1) pixels.copy(rows, y * (width + 1) + 1, y * width, (y + 1) * width);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 0, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

/** A grey PNG: what `/rendered` answers here. */
export function rendered(z, size, depth, { center, width }, out = size) {
  const pixels = Buffer.alloc(out * out);
  for (let y = 0; y < out; y += 1) {
    for (let x = 0; x < out; x += 1) pixels[y * out + x] = grey(valueAt(Math.floor((x * size) / out), Math.floor((y * size) / out), z, size, depth), center, width);
  }
  return greyPng(out, out, pixels);
}
