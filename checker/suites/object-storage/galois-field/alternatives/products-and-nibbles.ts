/** Alternative: one table of all products, inverses found in it, powers by squaring, kernels through two tables of 16: the same field without a logarithm inside. */

export const POLYNOMIAL = 0x11d;

const PRODUCTS: Uint8Array[] = Array.from({ length: 256 }, (_, a) =>
  Uint8Array.from({ length: 256 }, (_, b) => shifted(a, b)),
);
const INVERSES = Uint8Array.from(PRODUCTS, (row) => row.indexOf(1) & 255);
const POWERS: number[] = [1];
while (POWERS.length < 255) POWERS.push(shifted(POWERS[POWERS.length - 1]!, 2));

function shifted(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product <<= 1;
    if (product & 256) product ^= POLYNOMIAL;
    if ((b >> bit) & 1) product ^= a;
  }
  return product;
}

export function add(a: number, b: number): number {
  return (a | b) & ~(a & b);
}

export function multiply(a: number, b: number): number {
  return PRODUCTS[a]![b]!;
}

export function exp(n: number): number {
  const power = POWERS[n];
  if (power === undefined) throw new RangeError(`exp(${n})`);
  return power;
}

export function log(a: number): number {
  if (a === 0) throw new RangeError("log(0)");
  return POWERS.indexOf(a);
}

export function inverse(a: number): number {
  if (a === 0) throw new RangeError("inverse(0)");
  return INVERSES[a]!;
}

export function divide(a: number, b: number): number {
  return multiply(a, inverse(b));
}

export function power(a: number, n: number): number {
  if (n < 0 || !Number.isSafeInteger(n)) throw new RangeError(`power(${a}, ${n})`);
  let result = 1;
  for (let square = a, rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiply(result, square);
    square = multiply(square, square);
  }
  return result;
}

/** The products of the low and of the high half byte. */
function halves(factor: number): readonly [Uint8Array, Uint8Array] {
  const row = PRODUCTS[factor]!;
  return [row.slice(0, 16), Uint8Array.from({ length: 16 }, (_, high) => row[high << 4]!)];
}

export function multiplySlice(factor: number, source: Uint8Array, target: Uint8Array): void {
  if (source.length !== target.length) throw new RangeError("lengths differ");
  const [low, high] = halves(factor);
  for (let i = 0; i < source.length; i++) target[i] = low[source[i]! & 15]! ^ high[source[i]! >> 4]!;
}

export function multiplyAddSlice(factor: number, source: Uint8Array, target: Uint8Array): void {
  if (source.length !== target.length) throw new RangeError("lengths differ");
  const [low, high] = halves(factor);
  for (let i = 0; i < source.length; i++) target[i]! ^= low[source[i]! & 15]! ^ high[source[i]! >> 4]!;
}
