/** Pictures with a name burned in, as an ultrasound machine and a screen capture make them. */
import { greyPng } from './phantom.mjs';

/** Five columns of seven rows each, the lowest bit on top. */
const font = {
  A: '7e1111117e', B: '7f49494936', C: '3e41414122', D: '7f4141221c', E: '7f49494941', F: '7f09090901', I: '00417f4100', K: '7f08142241', M: '7f020c027f', N: '7f0408107f', O: '3e4141413e',
  P: '7f09090906', R: '7f09192946', S: '4649494931', T: '01017f0101', U: '3f4040403f', V: '1f2040201f', Y: '0708700807', 0: '3e5149453e', 1: '00427f4000', 2: '4261514946', 3: '2141454b31',
  4: '1814127f10', 5: '2745454539', 6: '3c4a494930', 7: '0171090503', 8: '3649494936', 9: '064949291e', '-': '0808080808', '.': '0060600000', ':': '0036360000', ' ': '0000000000',
};

function write(pixels, width, text, left, top, size, grey) {
  [...text].forEach((letter, at) => {
    const columns = Buffer.from(font[letter] ?? font[' '], 'hex');
    for (let x = 0; x < 5 * size; x += 1) {
      for (let y = 0; y < 7 * size; y += 1) {
        if ((columns[Math.floor(x / size)] >> Math.floor(y / size)) & 1) pixels[(top + y) * width + left + at * 6 * size + x] = grey;
      }
    }
  });
}

/** Cheap noise that is the same every time. */
const noise = (x, y, z) => ((((x * 73_856_093) ^ (y * 19_349_663) ^ (z * 83_492_791)) >>> 0) % 97) / 97;

function fan(x, y, z, width, height) {
  const [dx, dy] = [x - width / 2, y - height * 0.12];
  const [far, angle] = [Math.hypot(dx, dy) / (height * 0.82), Math.atan2(dx, dy)];
  if (far < 0.08 || far > 1 || Math.abs(angle) > 0.72) return 0;
  const wall = Math.abs(far - 0.55 - 0.05 * Math.sin(angle * 6 + z / 2)) < 0.03 ? 90 : 0;
  const hollow = Math.hypot(dx - width * 0.05, dy - height * (0.4 + 0.01 * z)) < height * 0.09 ? 0.15 : 1;
  return Math.min(255, (30 + 80 * noise(x >> 1, y >> 1, z) * (1.1 - far) + wall) * hollow);
}

function slice(x, y, z, width, height) {
  const [dx, dy] = [(x - width / 2) / (width * 0.36), (y - height / 2) / (height * 0.3)];
  const far = Math.hypot(dx, dy);
  if (far > 1) return 0;
  if (far > 0.93) return 210;
  const lung = Math.min(Math.hypot((dx - 0.42) * 1.9, dy * 1.2), Math.hypot((dx + 0.42) * 1.9, dy * 1.2));
  return lung < 0.55 + 0.02 * z ? 24 + 20 * noise(x, y, z) : 118 + 24 * noise(x >> 1, y >> 1, z);
}

/** A grey PNG. `window` brightens what is dark. */
export function burnedIn({ kind, width, height, lines, dim }, frame, out, bright) {
  const pixels = Buffer.alloc(width * height);
  const value = kind === 'fan' ? fan : slice;
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) pixels[y * width + x] = value(x, y, frame, width, height);
  for (const { text, left, top, size } of lines) write(pixels, width, text, left, top, size, 235);
  if (dim !== undefined) write(pixels, width, dim, 16, height - 30, 2, bright ? 150 : 12);
  if (out[0] === width) return greyPng(width, height, pixels);
  const small = Buffer.alloc(out[0] * out[1]);
  for (let y = 0; y < out[1]; y += 1) for (let x = 0; x < out[0]; x += 1) small[y * out[0] + x] = pixels[Math.floor((y * height) / out[1]) * width + Math.floor((x * width) / out[0])];
  return greyPng(out[0], out[1], small);
}
