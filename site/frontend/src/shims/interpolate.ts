// Stands for d3-interpolate in the bundle: d3-zoom calls it in animations only, and there are none.

export function interpolateZoom(): never {
  throw new Error("the figure is not animated");
}
