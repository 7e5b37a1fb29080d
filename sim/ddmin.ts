/**
 * Delta debugging: a small subset of `items` on which `fails` still holds, in their order. Deterministic; the result is
 * 1-minimal (no single item can be left out) when `fails` was always answered truthfully. `fails(items)` must hold at
 * the start. Source: Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002.
 */
export function ddmin<T>(items: readonly T[], fails: (subset: readonly T[]) => boolean): T[] {
  if (items.length === 0 || fails([])) return [];
  let kept = items.slice();
  let parts = 2;
  while (kept.length >= 2) {
    const reduced = reduceOnce(kept, Math.min(parts, kept.length), fails);
    if (reduced !== undefined) {
      kept = reduced.kept;
      parts = reduced.parts;
    } else if (parts >= kept.length) {
      break;
    } else {
      parts *= 2;
    }
  }
  return kept;
}

/** Tries each part alone, then everything but each part. */
function reduceOnce<T>(
  kept: readonly T[],
  parts: number,
  fails: (subset: readonly T[]) => boolean,
): { kept: T[]; parts: number } | undefined {
  const bounds = Array.from({ length: parts + 1 }, (_, i) => Math.floor((i * kept.length) / parts));
  if (parts > 2) {
    for (let i = 0; i < parts; i++) {
      const without = kept.filter((_, at) => at < bounds[i]! || at >= bounds[i + 1]!);
      if (fails(without)) return { kept: without, parts: Math.max(2, parts - 1) };
    }
    return undefined;
  }
  for (let i = 0; i < parts; i++) {
    const part = kept.slice(bounds[i], bounds[i + 1]);
    if (fails(part)) return { kept: part, parts: 2 };
  }
  return undefined;
}
