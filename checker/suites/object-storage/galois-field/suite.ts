import { behavior, ensure, expect, fc, forAll, stage, step, subject } from "../../../kit/index.ts";
import { fieldAxioms, fieldProduct, fieldSlices } from "../coding-invariants.ts";

const { add, multiply, divide, inverse, power, exp, log, multiplySlice, multiplyAddSlice } =
  await subject<typeof import("../../../../solutions/object-storage/galois-field.ts")>();

/** By the definition, bit by bit: multiply as polynomials, then reduce from the top. */
function productOf(a: number, b: number): number {
  let product = 0;
  for (let bit = 0; bit < 8; bit++) if ((b >> bit) & 1) product ^= a << bit;
  for (let bit = 14; bit >= 8; bit--) if ((product >> bit) & 1) product ^= 0x11d << (bit - 8);
  return product;
}

/** `expect` costs microseconds; for loops over the whole field. */
function same(got: number, expected: number, call: () => string): void {
  ensure(got === expected, () => ({ expected: String(expected), got: String(got), steps: [call()] }));
}

stage(1, "Add and multiply", () => {
  behavior("adds without a carry", fieldAxioms, () => {
    expect(add(0b1010, 0b0110)).toBe(0b1100);
    for (let a = 0; a < 256; a++) {
      for (let b = 0; b < 256; b++) same(add(a, b), a ^ b, () => `add(${a}, ${b})`);
      same(add(a, a), 0, () => `add(${a}, ${a})`);
    }
  });

  behavior("agrees with the published products", fieldProduct, () => {
    for (const [a, b, expected] of [
      [3, 4, 12],
      [7, 7, 21],
      [23, 45, 41],
    ] as const) {
      step(`multiply(${a}, ${b})`);
      expect(multiply(a, b)).toBe(expected);
    }
  });

  behavior("agrees with polynomials reduced by 0x11D on all 65,536 products", fieldProduct, () => {
    for (let a = 0; a < 256; a++) {
      for (let b = 0; b < 256; b++) same(multiply(a, b), productOf(a, b), () => `multiply(${a}, ${b})`);
    }
  });

  behavior("has 0 swallow everything and 1 change nothing", fieldAxioms, () => {
    for (let a = 0; a < 256; a++) {
      same(multiply(a, 0), 0, () => `multiply(${a}, 0)`);
      same(multiply(0, a), 0, () => `multiply(0, ${a})`);
      same(multiply(a, 1), a, () => `multiply(${a}, 1)`);
      same(multiply(1, a), a, () => `multiply(1, ${a})`);
    }
  });

  behavior("distributes and associates for all bytes and some factors", fieldAxioms, () => {
    for (let a = 0; a < 256; a++) {
      for (let b = 0; b < 256; b++) {
        for (const c of [2, 29, 142, 255]) {
          const call = (law: string) => () => `${law} with a = ${a}, b = ${b}, c = ${c}`;
          const sum = add(multiply(c, a), multiply(c, b));
          same(multiply(c, add(a, b)), sum, call("multiply(c, add(a, b)) against add(multiply(c, a), multiply(c, b))"));
          const other = multiply(multiply(c, a), b);
          same(multiply(c, multiply(a, b)), other, call("c * (a * b) against (c * a) * b"));
        }
      }
    }
  });
});

stage(2, "Logarithms, inverses, powers", () => {
  behavior("runs through every byte but 0 with the powers of 2", fieldProduct, () => {
    const seen = new Set<number>();
    for (let n = 0, expected = 1; n < 255; n++, expected = productOf(expected, 2)) {
      same(exp(n), expected, () => `exp(${n})`);
      same(log(expected), n, () => `log(${expected})`);
      seen.add(exp(n));
    }
    expect(seen.size).toBe(255);
    expect(seen.has(0)).toBe(false);
  });

  behavior("gives every byte but 0 its inverse", fieldAxioms, () => {
    for (let a = 1; a < 256; a++) same(productOf(a, inverse(a)), 1, () => `inverse(${a}) is ${inverse(a)}; times ${a}`);
    expect(inverse(1)).toBe(1);
  });

  behavior("undoes every product by division", fieldAxioms, () => {
    for (let b = 1; b < 256; b++) {
      for (let q = 0; q < 256; q++) same(divide(productOf(q, b), b), q, () => `divide(${productOf(q, b)}, ${b})`);
    }
  });

  behavior("refuses what does not exist: 1 / 0, 0 / 0, the inverse and the logarithm of 0", fieldAxioms, () => {
    for (const [call, run] of [
      ["divide(1, 0)", () => divide(1, 0)],
      ["divide(0, 0)", () => divide(0, 0)],
      ["inverse(0)", () => inverse(0)],
      ["log(0)", () => log(0)],
      ["exp(255)", () => exp(255)],
      ["exp(-1)", () => exp(-1)],
      ["exp(0.5)", () => exp(0.5)],
      ["power(2, -1)", () => power(2, -1)],
      ["power(2, 0.5)", () => power(2, 0.5)],
    ] as const) {
      step(call);
      expect(run).toThrow(RangeError);
    }
  });

  behavior("agrees with the published powers", fieldProduct, () => {
    for (const [a, n, expected] of [
      [2, 2, 4],
      [5, 20, 235],
      [13, 7, 43],
    ] as const) {
      step(`power(${a}, ${n})`);
      expect(power(a, n)).toBe(expected);
    }
  });

  behavior("raises by multiplying again and again, 0 and 1 included", fieldProduct, () => {
    for (let a = 0; a < 256; a++) {
      for (let n = 0, expected = 1; n < 520; n++, expected = productOf(expected, a)) {
        same(power(a, n), expected, () => `power(${a}, ${n})`);
      }
    }
  });

  behavior("raises to exponents that no loop would reach", fieldProduct, () => {
    const largest = Number.MAX_SAFE_INTEGER;
    // 2^53 - 1 = 31 modulo 255: 2^8 = 1 modulo 255, and 53 = 5 modulo 8.
    for (const a of [1, 2, 29, 254]) {
      let expected = 1;
      for (let i = 0; i < 31; i++) expected = productOf(expected, a);
      step(`power(${a}, 2^53 - 1)`);
      expect(power(a, largest)).toBe(expected);
    }
    expect(power(0, largest)).toBe(0);
  });
});

const BYTES = Uint8Array.from({ length: 256 }, (_, i) => i);

stage(3, "Kernels", () => {
  behavior("multiplies a slice by every factor", fieldSlices, () => {
    for (let factor = 0; factor < 256; factor++) {
      const target = new Uint8Array(256).fill(77);
      multiplySlice(factor, BYTES, target);
      for (let i = 0; i < 256; i++)
        same(target[i]!, productOf(factor, i), () => `multiplySlice(${factor}, 0…255, target), target[${i}]`);
    }
  });

  behavior("adds the multiple of a slice for every factor", fieldSlices, () => {
    for (let factor = 0; factor < 256; factor++) {
      const target = Uint8Array.from(BYTES, (i) => (7 * i + 3) & 255);
      multiplyAddSlice(factor, BYTES, target);
      for (let i = 0; i < 256; i++) {
        const expected = ((7 * i + 3) & 255) ^ productOf(factor, i);
        same(target[i]!, expected, () => `multiplyAddSlice(${factor}, 0…255, target), target[${i}]`);
      }
    }
  });

  behavior("works on any length, at any offset, and leaves the bytes around alone", fieldSlices, () => {
    const shape = fc.record({
      length: fc.nat(70),
      from: fc.nat(9),
      to: fc.nat(9),
      factor: fc.nat(255),
      isAdding: fc.boolean(),
    });
    forAll(shape, ({ length, from, to, factor, isAdding }) => {
      const source = Uint8Array.from({ length: length + 20 }, (_, i) => (31 * i + 5) & 255);
      const target = Uint8Array.from({ length: length + 20 }, (_, i) => (17 * i + 9) & 255);
      const [sourceBefore, expected] = [source.slice(), target.slice()];
      for (let i = 0; i < length; i++) {
        const product = productOf(factor, source[from + i]!);
        expected[to + i] = isAdding ? expected[to + i]! ^ product : product;
      }
      const kernel = isAdding ? multiplyAddSlice : multiplySlice;
      step(`${isAdding ? "multiplyAddSlice" : "multiplySlice"}(${factor}, ${length} bytes from ${from}, to ${to})`);
      kernel(factor, source.subarray(from, from + length), target.subarray(to, to + length));
      expect(target).toEqual(expected);
      expect(source, "the source").toEqual(sourceBefore);
    });
  });

  behavior("takes the same array for source and target", fieldSlices, () => {
    const bytes = BYTES.slice();
    multiplySlice(29, bytes, bytes);
    expect(bytes).toEqual(BYTES.map((byte) => productOf(29, byte)));
    const sum = BYTES.slice();
    multiplyAddSlice(29, sum, sum);
    expect(sum).toEqual(BYTES.map((byte) => byte ^ productOf(29, byte)));
  });

  behavior("refuses slices of different lengths and writes nothing", fieldSlices, () => {
    for (const kernel of [multiplySlice, multiplyAddSlice]) {
      for (const factor of [0, 1, 3]) {
        for (const [from, to] of [
          [3, 4],
          [4, 3],
        ] as const) {
          const target = new Uint8Array(to).fill(9);
          step(
            `${kernel === multiplySlice ? "multiplySlice" : "multiplyAddSlice"}(${factor}, ${from} bytes, ${to} bytes)`,
          );
          expect(() => kernel(factor, new Uint8Array(from).fill(1), target)).toThrow(RangeError);
          expect(target).toEqual(new Uint8Array(to).fill(9));
        }
      }
    }
  });
});
