import { describe, expect, it } from "vitest";
import { drawImage, imageHeight, imageWidth } from "./image.ts";
import {
  allSound,
  answer,
  type Condition,
  createStripe,
  loseAtRandom,
  next,
  parityAgrees,
  read,
  spare,
} from "./model.ts";

const image = drawImage();

/** Conditions from letters: s sound, l lost, d damaged. */
const conditionsOf = (letters: string): Condition[] =>
  [...letters].map((letter) => (letter === "l" ? "lost" : letter === "d" ? "damaged" : "sound"));

describe("the picture", () => {
  it("has a byte for each pixel, light and dark", () => {
    expect(image).toHaveLength(imageWidth * imageHeight);
    expect(Math.min(...image)).toBeLessThan(30);
    expect(Math.max(...image)).toBe(255);
    expect(drawImage()).toEqual(image);
  });
});

describe("a stripe", () => {
  it("gives the picture back from any k of its shards, for every shape that the sliders allow", () => {
    for (const [k, m] of [
      [2, 1],
      [3, 2],
      [7, 4],
      [8, 4],
      [12, 6],
    ] as const) {
      const stripe = createStripe(image, k, m);
      for (let seed = 1; seed <= 5; seed++) {
        const got = answer(stripe, loseAtRandom(allSound(stripe), m, seed), true);
        expect(got.kind, `${k} + ${m}`).toBe("whole");
        if (got.kind === "whole") expect(got.bytes).toEqual(image);
      }
    }
  });

  it("refuses when one more is lost, also when all are", () => {
    const stripe = createStripe(image, 4, 2);
    expect(answer(stripe, conditionsOf("lllsss"), true)).toEqual({ kind: "refused", present: 3, needed: 4 });
    expect(answer(stripe, conditionsOf("llllll"), true)).toEqual({ kind: "refused", present: 0, needed: 4 });
    expect(answer(stripe, conditionsOf("llllll"), false)).toEqual({ kind: "refused", present: 0, needed: 4 });
  });

  it("computes nothing while all data is there, and only what is missing otherwise", () => {
    const stripe = createStripe(image, 4, 2);
    expect(answer(stripe, conditionsOf("ssssll"), true)).toMatchObject({ kind: "whole", computed: [] });
    expect(answer(stripe, conditionsOf("slsdss"), true)).toMatchObject({ kind: "whole", computed: [1, 3] });
  });

  it("treats a damaged shard as a lost one while it has checksums", () => {
    const stripe = createStripe(image, 4, 2);
    expect(answer(stripe, conditionsOf("dsssds"), true).kind).toBe("whole");
    expect(answer(stripe, conditionsOf("dssddd"), true)).toEqual({ kind: "refused", present: 2, needed: 4 });
    expect(spare(stripe, conditionsOf("dsssls"), true)).toBe(0);
  });

  it("returns a wrong picture without them, and worse where a wrong shard helps to compute another", () => {
    const stripe = createStripe(image, 4, 2);
    const data = answer(stripe, conditionsOf("dsssss"), false);
    const spread = answer(stripe, conditionsOf("dlssss"), false);
    expect(data.kind).toBe("wrong");
    expect(spread.kind).toBe("wrong");
    if (data.kind === "wrong" && spread.kind === "wrong") expect(spread.wrongBytes).toBeGreaterThan(data.wrongBytes);
    expect(answer(stripe, conditionsOf("ssssds"), false).kind).toBe("whole");
  });

  it("lets parity say that something is wrong, but only while everything is there", () => {
    const stripe = createStripe(image, 4, 2);
    expect(parityAgrees(stripe, allSound(stripe))).toBe(true);
    expect(parityAgrees(stripe, conditionsOf("ssssds"))).toBe(false);
    expect(parityAgrees(stripe, conditionsOf("ssssls"))).toBeUndefined();
  });

  it("damages every byte that it touches, and leaves what was written alone", () => {
    const stripe = createStripe(image, 8, 4);
    const before = stripe.written.map((shard) => shard.slice());
    const shards = read(stripe, conditionsOf("dddddddddddd"));
    for (const [index, shard] of shards.entries()) expect(shard).not.toEqual(before[index]);
    expect(stripe.written).toEqual(before);
  });
});

it("goes around: lost, damaged, sound", () => {
  expect(next("sound")).toBe("lost");
  expect(next("lost")).toBe("damaged");
  expect(next("damaged")).toBe("sound");
});

it("loses as many as there are, and no more", () => {
  expect(loseAtRandom(conditionsOf("lls"), 5, 1)).toEqual(conditionsOf("lll"));
});
