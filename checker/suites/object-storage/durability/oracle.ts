/** What the suite of durability is compared with: exact arithmetic, and dice rolled the plainest way. */

/** Deterministic numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * P(more than `m` of `n`) where each happens with probability `p`: in whole numbers, so without rounding, and `p` as
 * the double that it is.
 */
export function exactTail(n: number, m: number, p: number): { value: number; log10: number } {
  // p = top / 2^bits.
  let bits = 0;
  let scaled = p;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    bits++;
  }
  const [top, one] = [BigInt(scaled), 1n << BigInt(bits)];
  let sum = 0n;
  let choose = 1n;
  for (let failures = 0; failures <= n; failures++) {
    if (failures > m) sum += choose * top ** BigInt(failures) * (one - top) ** BigInt(n - failures);
    choose = (choose * BigInt(n - failures)) / BigInt(failures + 1);
  }
  if (sum === 0n) return { value: 0, log10: Number.NEGATIVE_INFINITY };
  // Seventeen digits of sum / one^n.
  const denominator = one ** BigInt(n);
  const shift = Math.max(0, denominator.toString().length - sum.toString().length + 18);
  const digits = (sum * 10n ** BigInt(shift)) / denominator;
  return { value: Number(`${digits}e-${shift}`), log10: Math.log10(Number(digits)) - shift };
}

/** Every disk has a time at which it fails or comes back; the next of all is what happens. Losses in `years`. */
export function lossesByDisk(
  total: number,
  parity: number,
  rate: number,
  repairYears: number,
  years: number,
  random: () => number,
): number {
  const lifetime = (): number => -Math.log(1 - random()) / rate;
  const isAway = new Array<boolean>(total).fill(false);
  const changesAt = Array.from({ length: total }, lifetime);
  let losses = 0;
  for (;;) {
    let disk = 0;
    for (let i = 1; i < total; i++) if (changesAt[i]! < changesAt[disk]!) disk = i;
    const now = changesAt[disk]!;
    if (now >= years) return losses;
    isAway[disk] = !isAway[disk];
    changesAt[disk] = now + (isAway[disk] ? repairYears : lifetime());
    if (isAway.filter(Boolean).length <= parity) continue;
    losses++;
    for (let i = 0; i < total; i++) {
      if (isAway[i]) changesAt[i] = now + lifetime();
      isAway[i] = false;
    }
  }
}
