// Between values, positions on the scale of an axis (log10 of the value on a log axis) and pixels.

import { tickText } from "./numbers.ts";
import type { Axis, Range } from "./types.ts";

export const toScale = (axis: Axis, value: number): number => (axis.log ? Math.log10(value) : value);
export const fromScale = (axis: Axis, position: number): number => (axis.log ? 10 ** position : position);

export interface Tick {
  value: number;
  text: string;
}

/** Ticks between two values, at most about `room` of them with text. */
export function ticks(axis: Axis, [low, high]: Range, room: number): Tick[] {
  return axis.log ? logTicks(low, high, room) : linearTicks(low, high, room);
}

function logTicks(low: number, high: number, room: number): Tick[] {
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.ceil(Math.log10(high) - 1e-9);
  const decades = last - first;
  if (Math.log10(high / low) < 0.7) return linearTicks(low, high, Math.min(room, 6));
  const stride = [1, 2, 3, 5, 10, 20, 50].find((step) => decades / step <= room) ?? 50;
  const whole = Math.floor(Math.log10(high) + 1e-9) - Math.ceil(Math.log10(low) - 1e-9) + 1;
  const spelled = whole < 3 ? [1, 2, 5] : [1];
  const found: Tick[] = [];
  for (let power = first; power <= last; power++) {
    for (let digit = 1; digit < 10; digit++) {
      const value = Number(`${digit}e${power}`);
      if (value < low * (1 - 1e-9) || value > high * (1 + 1e-9)) continue;
      const told = spelled.includes(digit) && (power % stride === 0 || digit > 1);
      if (digit === 1 || stride === 1) found.push({ value, text: told ? tickText(value, true) : "" });
    }
  }
  return found;
}

function linearTicks(low: number, high: number, room: number): Tick[] {
  const raw = (high - low) / Math.max(room, 1);
  const base = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * base).find((one) => one >= raw * (1 - 1e-9)) ?? raw;
  const found: Tick[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high * (1 + 1e-9); i++) {
    const value = Number((i * step).toPrecision(12));
    found.push({ value, text: tickText(value, false).replace(" × ", "×") });
  }
  return found;
}
