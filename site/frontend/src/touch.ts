// Fingers on a figure that is drawn anew while they move.

const LATER = ["touchmove", "touchend", "touchcancel"];

/**
 * Hand touches on to the figure when the shape that they began on is no longer in it: a touch keeps its first
 * target, and what a target says that was replaced reaches nobody else.
 */
export function keepTouches(figure: SVGSVGElement): void {
  const relay = (event: Event): void => {
    if ((event.currentTarget as Element).isConnected || !(event instanceof TouchEvent)) return;
    const touches = { touches: [...event.touches], targetTouches: [...event.targetTouches], changedTouches: [...event.changedTouches] };
    if (!figure.dispatchEvent(new TouchEvent(event.type, { cancelable: event.cancelable, ...touches }))) event.preventDefault();
  };
  const watch = ({ target }: Event): void => {
    if (target !== figure) for (const type of LATER) target?.addEventListener(type, relay, { passive: false });
  };
  figure.addEventListener("touchstart", watch, { passive: true, capture: true });
}
