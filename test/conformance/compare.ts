/** Compares two observations field by field; the order of keys does not matter, everything else does. */

const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, canonical(v)]),
  );
};

const text = (value: unknown): string => JSON.stringify(canonical(value)) ?? 'absent';

/** Fields that differ, as `field: expected … got …`; empty when equal. */
export const differences = (expected: unknown, got: unknown): string[] => {
  if (typeof expected !== 'object' || typeof got !== 'object' || expected === null || got === null)
    return text(expected) === text(got) ? [] : [`expected ${text(expected)} got ${text(got)}`];
  const e = new Map<string, unknown>(Object.entries(expected));
  const g = new Map<string, unknown>(Object.entries(got));
  return [...new Set([...e.keys(), ...g.keys()])]
    .filter((k) => text(e.get(k)) !== text(g.get(k)))
    .map((k) => `${k}: expected ${text(e.get(k))} got ${text(g.get(k))}`);
};
