// From pen strokes to an image like those of the data set: bitmaps of 32 x 32 bits, counted in blocks of 4 x 4.

export const SIDE = 8; // blocks along an edge of the image
const BLOCK = 4; // bits along an edge of a block
const BITS = SIDE * BLOCK;

/** The largest intensity of an image. */
export const BRIGHTEST = BLOCK * BLOCK;

// Every class of the data set fills the height and has about this many bits set, a 1 as well as an 8: its images were
// scaled to one amount of ink. So the pen here is as wide as it takes.
const INK = 310;
const NARROWEST = 1.5; // of half the pen, in bits
const WIDEST = 6;
const HALVINGS = 8; // of that range; the pen is then found to a fiftieth of a bit

// Its digits are narrow, at most about this share of the height, and stand more upright than most people write.
const WIDTH = 0.7;
const FLATTEST = 0.3; // height over width of a drawing; a flatter one does not fill the height
const UPRIGHT = 0.3; // how much of a drawing's slant is taken away; all of it would turn a 4 into a 1

/** Strokes, lists of [x, y] in any unit, as SIDE * SIDE intensities 0..BRIGHTEST, row by row. Empty: all 0. */
export function imageOf(strokes) {
  const segments = uprighted(segmentsOf(strokes));
  if (segments.length === 0) return new Uint8Array(SIDE * SIDE);
  let [low, high] = [NARROWEST, WIDEST];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (sum(bitmap(segments, middle)) < INK) low = middle;
    else high = middle;
  }
  return blocks(bitmap(segments, low));
}

/** Each stroke as segments [x0, y0, x1, y1]; a dot is one without length. */
function segmentsOf(strokes) {
  return strokes.flatMap((points) =>
    points.length === 1 ? [[...points[0], ...points[0]]] : points.slice(1).map((p, i) => [...points[i], ...p]),
  );
}

/** The segments with a part of their slant, the regression of x on y along the ink, taken away. */
function uprighted(segments) {
  const parts = segments.map(([x0, y0, x1, y1]) => [Math.hypot(x1 - x0, y1 - y0), (x0 + x1) / 2, (y0 + y1) / 2]);
  const length = sum(parts.map(([l]) => l)) || 1;
  const mean = (f) => sum(parts.map(([l, x, y]) => l * f(x, y))) / length;
  const [mx, my] = [mean((x) => x), mean((_, y) => y)];
  const spread = mean((_, y) => (y - my) ** 2);
  const slant = spread > 0 ? (UPRIGHT * mean((x, y) => (x - mx) * (y - my))) / spread : 0;
  return segments.map(([x0, y0, x1, y1]) => [x0 - slant * y0, y0, x1 - slant * y1, y1]);
}

/** The bits that a pen of this radius sets, the drawing scaled so that its ink fills the height and stands centred. */
function bitmap(segments, radius) {
  const [left, right] = range(segments.flatMap(([x0, , x1]) => [x0, x1]));
  const [top, bottom] = range(segments.flatMap(([, y0, , y1]) => [y0, y1]));
  const [width, height] = [right - left, bottom - top];
  const tall = (BITS - 2 * radius) / (Math.max(height, width * FLATTEST) || 1);
  const wide = Math.min(tall, (BITS * WIDTH - 2 * radius) / (width || 1));
  const moved = (value, low, high, scale) => BITS / 2 + (value - (low + high) / 2) * scale;
  const bits = new Uint8Array(BITS * BITS);
  for (const [x0, y0, x1, y1] of segments) {
    const [ax, bx] = [moved(x0, left, right, wide), moved(x1, left, right, wide)];
    const [ay, by] = [moved(y0, top, bottom, tall), moved(y1, top, bottom, tall)];
    setNear(bits, radius, ax, ay, bx, by);
  }
  return bits;
}

/** Set the bits whose centre is within `radius` of the segment from (ax, ay) to (bx, by). */
function setNear(bits, radius, ax, ay, bx, by) {
  const first = (a, b) => Math.max(0, Math.ceil(Math.min(a, b) - radius - 0.5));
  const last = (a, b) => Math.min(BITS - 1, Math.floor(Math.max(a, b) + radius - 0.5));
  const [dx, dy] = [bx - ax, by - ay];
  const squared = dx * dx + dy * dy;
  for (let row = first(ay, by); row <= last(ay, by); row++) {
    for (let column = first(ax, bx); column <= last(ax, bx); column++) {
      const [px, py] = [column + 0.5 - ax, row + 0.5 - ay];
      const along = squared > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / squared)) : 0;
      if (Math.hypot(px - along * dx, py - along * dy) <= radius) bits[row * BITS + column] = 1;
    }
  }
}

/** How many bits of each block are set. */
function blocks(bits) {
  const image = new Uint8Array(SIDE * SIDE);
  bits.forEach((bit, i) => {
    const [row, column] = [Math.floor(i / BITS), i % BITS];
    image[Math.floor(row / BLOCK) * SIDE + Math.floor(column / BLOCK)] += bit;
  });
  return image;
}

const sum = (values) => values.reduce((total, value) => total + value, 0);

function range(values) {
  return values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
}
