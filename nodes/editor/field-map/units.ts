import type { Scalar } from "../../../src/model/message";
import { convert, unitsOf } from "../../../src/protocols/globalmatix/convert";
import { findTarget, type Target } from "../../../src/protocols/globalmatix/targets";

const LIMITS: Readonly<Record<string, number>> = { latitude: 90, longitude: 180 };

/**
 * The unit to begin with for a value that becomes a target; empty for the usual one. A coordinate beyond the world is
 * written in fractions of a degree, in which the largest that fits is the likeliest.
 */
export function startUnit(to: string, value: Scalar): string {
  const target = findTarget(to);
  const limit = LIMITS[to];
  if (target === undefined || limit === undefined) return "";
  const fitting = unitsOf(target).flatMap((unit) => {
    const converted = Math.abs(Number(convert(value, target, unit)));
    return converted <= limit ? [{ unit, converted }] : [];
  });
  const [best] = fitting.toSorted((a, b) => b.converted - a.converted);
  return best === undefined || best.unit === target.unit ? "" : best.unit;
}

/** Whether a person should look at the unit before they go on: there are several that cannot be told apart. */
export function isUnitOpen(target: Target | undefined, unit: string): boolean {
  if (target === undefined || target.type === "event") return true;
  return target.type === "number" && unitsOf(target).length > 1 && (target.unit !== "°" || unit !== "");
}
