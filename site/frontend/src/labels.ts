// Names on the curves: each where it covers least, along the curve, never on another name.

export interface Line {
  id: string;
  text: string;
  /** Pixels, one array for each stretch. */
  xs: Float64Array[];
  ys: Float64Array[];
}

export interface Label {
  id: string;
  /** The name, shortened where there is little room. */
  text: string;
  x: number;
  y: number;
  angle: number;
  /** Ends of a thin line, from the curve to a name that stands apart from it. */
  leader?: [number, number, number, number];
}

interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const CELL = 16;
/** Distance of the middle of a name from its curve, in sizes of the type. */
const OFF = 0.85;

/** Directions in which a name may stand apart, in half lengths and heights, nearby and further off. */
const AROUND = [1, 2, 3.2].flatMap((far) => [[0, -1], [0, 1], [1, 0], [-1, 0], [0.6, -1], [-0.6, -1], [0.6, 1], [-0.6, 1]].map(([dx, dy]) => [dx, dy, far]));

class Occupied {
  private readonly cells = new Map<number, number>();

  add(x: number, y: number, weight: number): void {
    const key = Math.floor(x / CELL) * 10_000 + Math.floor(y / CELL);
    this.cells.set(key, (this.cells.get(key) ?? 0) + weight);
  }

  at(x: number, y: number): number {
    return this.cells.get(Math.floor(x / CELL) * 10_000 + Math.floor(y / CELL)) ?? 0;
  }
}

/** Places for names; one without a good place is shortened, and gets none where that does not help. */
export function place(lines: Line[], frame: Frame, size: number, measure: (text: string) => number): Label[] {
  const taken = new Occupied();
  const names = new Occupied();
  for (const line of lines) walk(line, 8, (x, y) => taken.add(x, y, 1));
  const found: Label[] = [];
  const left: Line[] = [];
  for (const line of lines) {
    const label = along(line, frame, size, measure(line.text), taken, names);
    if (label) found.push(label);
    else left.push(line);
  }
  for (const line of left) {
    for (const text of [line.text, ...shorter(line.text)]) {
      const one = { ...line, text };
      const length = measure(text);
      const label = (text !== line.text && along(one, frame, size, length, taken, names)) || apart(one, frame, size, length, taken, names);
      if (!label) continue;
      found.push(label);
      break;
    }
  }
  return found;
}

/** Shorter forms of a name; what stands in brackets at its end says what the curve is, and stays. */
export function shorter(text: string): string[] {
  const [, name, tail] = /^(.*?)((?: \([^()]*\))?\*?)$/.exec(text)!;
  const words = name.split(" ");
  return words.length < 3 ? [] : words.slice(2).map((_, dropped) => `${words.slice(0, words.length - 1 - dropped).join(" ")}…${tail}`);
}

/** A place along a curve. */
function along(line: Line, frame: Frame, size: number, length: number, taken: Occupied, names: Occupied): Label | null {
  let best: Label | null = null;
  let least = 14;
  walk(line, 14, (x, y, angle) => {
    if (Math.abs(angle) > 70) return;
    const radians = (angle * Math.PI) / 180;
    for (const side of [-1, 1]) {
      const cx = x - side * Math.sin(radians) * size * OFF;
      const cy = y + side * Math.cos(radians) * size * OFF;
      let cost = Math.abs(angle) / 30 + (side > 0 ? 0.5 : 0);
      for (let s = -length / 2; s <= length / 2 && cost < least; s += 6) {
        const px = cx + s * Math.cos(radians);
        const py = cy + s * Math.sin(radians);
        if (px < frame.left + 4 || px > frame.right - 4 || py < frame.top + 8 || py > frame.bottom - 8) cost += 99;
        cost += taken.at(px, py) * 0.35 + names.at(px, py) * 50;
      }
      if (cost < least) {
        least = cost;
        best = { id: line.id, text: line.text, x: cx, y: cy, angle };
      }
    }
  });
  const chosen = best as Label | null;
  if (!chosen) return null;
  const radians = (chosen.angle * Math.PI) / 180;
  for (let s = -length / 2 - 8; s <= length / 2 + 8; s += 6) {
    for (const off of [-5, 5]) {
      names.add(chosen.x + s * Math.cos(radians) - off * Math.sin(radians), chosen.y + s * Math.sin(radians) + off * Math.cos(radians), 1);
    }
  }
  return chosen;
}

/** A place beside a curve that has none along it: level, with a thin line to the curve. */
function apart(line: Line, frame: Frame, size: number, length: number, taken: Occupied, names: Occupied): Label | null {
  let best: Label | null = null;
  let least = 40;
  const half = length / 2;
  walk(line, 24, (x, y) => {
    if (x < frame.left || x > frame.right || y < frame.top || y > frame.bottom) return;
    for (const [dx, dy, far] of AROUND) {
      const cx = x + dx * (half + size * 1.6 * far);
      const cy = y + dy * size * 2.4 * far;
      if (cx - half < frame.left + 4 || cx + half > frame.right - 4 || cy < frame.top + size || cy > frame.bottom - size) continue;
      let cost = 2 * far + Math.abs(dx) + (dy > 0 ? 0.5 : 0);
      for (let s = -half - 4; s <= half + 4 && cost < least; s += 6) {
        for (const off of [-size * 0.45, size * 0.45]) cost += taken.at(cx + s, cy + off) * 0.35 + names.at(cx + s, cy + off) * 50;
      }
      if (cost < least) {
        least = cost;
        const end = dy ? [Math.min(Math.max(x, cx - half), cx + half), cy - dy * size * 0.5] : [cx - dx * half, cy];
        best = { id: line.id, text: line.text, x: cx, y: cy, angle: 0, leader: [x, y, end[0], end[1]] };
      }
    }
  });
  const chosen = best as Label | null;
  if (chosen) for (let s = -half - 8; s <= half + 8; s += 6) for (const off of [-6, 6]) names.add(chosen.x + s, chosen.y + off, 1);
  return chosen;
}

/** Visit a line every `step` pixels with its direction over some thirty pixels. */
export function walk(line: { xs: Float64Array[]; ys: Float64Array[] }, step: number, visit: (x: number, y: number, angle: number) => void): void {
  line.xs.forEach((xs, k) => {
    const ys = line.ys[k];
    let left = step / 2;
    for (let i = 1; i < xs.length; i++) {
      const dx = xs[i] - xs[i - 1];
      const dy = ys[i] - ys[i - 1];
      const length = Math.hypot(dx, dy);
      if (length > 20_000) continue;
      for (; left <= length; left += step) {
        const share = left / length;
        visit(xs[i - 1] + share * dx, ys[i - 1] + share * dy, direction(xs, ys, i));
      }
      left -= length;
    }
  });
}

function direction(xs: Float64Array, ys: Float64Array, at: number): number {
  let a = at - 1;
  let b = at;
  while (a > 0 && Math.hypot(xs[b] - xs[a], ys[b] - ys[a]) < 40) a -= 1;
  while (b < xs.length - 1 && Math.hypot(xs[b] - xs[a], ys[b] - ys[a]) < 80) b += 1;
  const angle = (Math.atan2(ys[b] - ys[a], xs[b] - xs[a]) * 180) / Math.PI;
  return angle > 90 ? angle - 180 : angle < -90 ? angle + 180 : angle;
}
