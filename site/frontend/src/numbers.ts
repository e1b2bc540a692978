// Numbers for people, written as the build writes them.

const SUPER = "⁰¹²³⁴⁵⁶⁷⁸⁹";

export function superscript(power: number): string {
  return [...String(power)].map((c) => (c === "-" ? "⁻" : SUPER[Number(c)])).join("");
}

/** 0.0438, 1205, 1.14 × 10⁻⁴⁴ */
export function numberText(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "–" : value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const [mantissa, power] = value.toExponential(digits - 1).split("e");
  const exponent = Number(power);
  const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  if (exponent > -4 && exponent < 5) {
    const plain = value.toFixed(Math.max(digits - 1 - exponent, 0));
    return (plain.includes(".") ? plain.replace(/\.?0+$/, "") : plain).replace("-", "−");
  }
  const sign = value < 0 ? "−" : "";
  const bare = short.replace("-", "");
  return `${sign}${bare === "1" ? "" : `${bare} × `}10${superscript(exponent)}`;
}

export function amount(value: number, unit: string, digits = 3): string {
  return unit ? `${numberText(value, digits)}\u00a0${unit}` : numberText(value, digits);
}

/** As Python's format(value, ".6g") and the like: what `fairport` prints in its sentences. */
export function general(value: number, digits = 6): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return "0";
  const exponent = Number(value.toExponential(digits - 1).split("e")[1]);
  if (exponent < -4 || exponent >= digits) {
    const [mantissa, power] = value.toExponential(digits - 1).split("e");
    const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
    const count = Math.abs(Number(power));
    return `${short}e${Number(power) < 0 ? "-" : "+"}${count < 10 ? "0" : ""}${count}`;
  }
  const fixed = value.toFixed(Math.max(digits - 1 - exponent, 0));
  return fixed.includes(".") ? fixed.replace(/\.?0+$/, "") : fixed;
}

/** Text of a tick on an axis. */
export function tickText(value: number, log: boolean): string {
  if (!log) return numberText(value);
  const exponent = Math.floor(Math.log10(value) + 1e-9);
  const digit = Math.round(value / Number(`1e${exponent}`));
  if (exponent >= -3 && exponent <= 3) return numberText(value);
  const ten = `10${superscript(exponent)}`;
  return digit === 1 ? ten : `${digit}×${ten}`;
}

/** Read a number as people type it: 2.2e-48, 2,2e-48, 2.2×10^-48, 10⁻⁴⁸. NaN when it is none. */
export function readNumber(text: string): number {
  let plain = text.trim().replace(/−/g, "-").replace(/\u00a0/g, " ");
  plain = plain.replace(/[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, (run) =>
    "^" + [...run].map((c) => (c === "⁻" ? "-" : c === "⁺" ? "+" : String(SUPER.indexOf(c)))).join(""),
  );
  plain = plain.replace(/\s*[×x*·]\s*10\s*(?:\^|\*\*)?\s*\(?([-+]?\d+)\)?$/i, "e$1");
  plain = plain.replace(/^([-+]?)10(?:\^|\*\*)\(?([-+]?\d+)\)?$/, "$11e$2");
  plain = plain.replace(/[dD](?=[-+]?\d+$)/, "e");
  if (/^[-+]?\d+,\d+(e[-+]?\d+)?$/i.test(plain)) plain = plain.replace(",", ".");
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : NaN;
}
