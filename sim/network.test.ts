import { describe, expect, it } from "vitest";
import { type FaultCounts, type Faults, faults, noFaultCounts, type Preset, presets } from "./faults.ts";
import { Network } from "./network.ts";

interface Arrival {
  nth: number;
  at: number;
}

/** Sends so many messages from n1 to n2, one a millisecond, and returns what arrived, by time. */
function send(network: Network, count: number, from = 0, to = 1): Arrival[] {
  const arrivals: Arrival[] = [];
  for (let now = 0; now < count; now++) {
    const { nth, lost, at, copyAt } = network.send(from, to, now, true);
    if (lost) continue;
    arrivals.push({ nth, at });
    if (copyAt >= 0) arrivals.push({ nth, at: copyAt });
  }
  return arrivals.sort((a, b) => a.at - b.at || a.nth - b.nth);
}

function create(knobs: Faults, seed = 1, reliable = [false, false, false]): { network: Network; counts: FaultCounts } {
  const counts = noFaultCounts();
  return { network: new Network(["n1", "n2", "c1"], 2, seed, knobs, counts, reliable), counts };
}

const MESSAGES = 20_000;

describe.each(Object.keys(presets) as Preset[])("preset %s", (preset) => {
  const knobs = faults(preset);
  const { network, counts } = create(knobs);
  const arrivals = send(network, MESSAGES);
  /** Six standard deviations around the expected count. */
  const expectAbout = (count: number, probability: number) => {
    const deviation = 6 * Math.sqrt(MESSAGES * probability * (1 - probability));
    expect(Math.abs(count - MESSAGES * probability)).toBeLessThanOrEqual(deviation);
  };

  it("loses as many messages as it says, and as its knob says", () => {
    const missing = MESSAGES - new Set(arrivals.map(({ nth }) => nth)).size;
    expect(missing).toBe(counts.lost);
    expectAbout(missing, knobs.loss);
  });

  it("delivers twice as many as it says, and as its knob says", () => {
    const twice = arrivals.length - new Set(arrivals.map(({ nth }) => nth)).size;
    expect(twice).toBe(counts.duplicated);
    expectAbout(twice, knobs.duplication * (1 - knobs.loss));
  });

  it("really reorders, or keeps the order when it should", () => {
    let overtaken = 0;
    for (let i = 1; i < arrivals.length; i++) if (arrivals[i]!.nth < arrivals[i - 1]!.nth) overtaken++;
    expect(overtaken > 0).toBe(knobs.reordering > 0);
    expect(counts.reordered > 0).toBe(knobs.reordering > 0);
  });

  it("keeps delays between its bounds and about its mean", () => {
    const { network: fresh } = create({ ...knobs, loss: 0, duplication: 0, reordering: 0 });
    // Far apart in time, so that the order of the link delays nothing further.
    const delays = Array.from({ length: 5000 }, (_, i) => fresh.send(0, 1, i * 1000, false).at - i * 1000);
    expect(Math.min(...delays)).toBe(knobs.delayMinMs);
    expect(Math.max(...delays)).toBeLessThanOrEqual(knobs.delayMaxMs);
    const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
    // Rounding down takes half a millisecond off the exponential's mean.
    expect(Math.abs(mean - (knobs.delayMinMs + knobs.delayMeanMs - 0.5))).toBeLessThan(0.1 * knobs.delayMeanMs + 0.2);
  });

  it("loses requests of clients as their own knob says", () => {
    const { network: fresh, counts: count } = create(knobs);
    const arrived = send(fresh, MESSAGES, 2, 0);
    expect(MESSAGES - arrived.length).toBe(count.clientLost);
    expectAbout(count.clientLost, knobs.clientLoss);
    expect(count.requestsDuplicated).toBe(0);
  });
});

describe("Network", () => {
  it("gives a message the same fate whatever happens to the others", () => {
    const fateOf5th = (before: number) => {
      const { network } = create(faults("hostile"));
      for (let i = 0; i < before; i++) network.send(1, 0, i, false);
      const fates = Array.from({ length: 5 }, (_, i) => ({ ...network.send(0, 1, i * 1000, false) }));
      return fates[4];
    };
    expect(fateOf5th(0)).toEqual(fateOf5th(17));
  });

  it("repeats itself for a seed and differs between seeds and between links", () => {
    const run = (seed: number, from = 0, to = 1) => send(create(faults("lossy"), seed).network, 200, from, to);
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
    expect(run(1)).not.toEqual(run(1, 1, 0));
  });

  it("writes chance down as a plan that repeats it without chance", () => {
    const chance = create(faults("hostile"), 3);
    const arrivals = send(chance.network, 500);
    const planned = create({ ...faults("hostile"), loss: 0, duplication: 0, reordering: 0 }, 3);
    for (const event of chance.network.recorded) {
      if (event.kind === "drop" || event.kind === "duplicate" || event.kind === "delay") planned.network.plan(event);
    }
    expect(send(planned.network, 500)).toEqual(arrivals);
    expect(planned.counts).toEqual(chance.counts);
  });

  it("duplicates requests when asked", () => {
    const { network, counts } = create(faults("calm", { requestDuplication: 0.5 }));
    expect(send(network, 1000, 2, 0)).toHaveLength(1000 + counts.requestsDuplicated);
    expect(counts.requestsDuplicated).toBeGreaterThan(400);
  });

  it("stops losing when it is healed, and never harms a reliable link", () => {
    const healed = create(faults("hostile"));
    healed.network.heal();
    expect(send(healed.network, 1000)).toHaveLength(1000);
    const reliable = create(faults("hostile"), 1, [false, true, false]);
    expect(send(reliable.network, 1000)).toHaveLength(1000);
    reliable.network.cut(["n1"], "both", 1);
    expect(reliable.network.isBlocked(0, 1)).toBe(false);
  });

  it("cuts both ways or one way, counts overlapping cuts, and leaves clients alone unless named", () => {
    const { network } = create(faults("calm"));
    const blocked = () => [network.isBlocked(0, 1), network.isBlocked(1, 0), network.isBlocked(2, 0)];
    network.cut(["n1"], "both", 1);
    expect(blocked()).toEqual([true, true, false]);
    network.cut(["n1"], "out", 1);
    network.cut(["n1"], "both", -1);
    expect(blocked()).toEqual([true, false, false]);
    network.cut(["n1"], "out", -1);
    network.cut(["n1"], "in", 1);
    expect(blocked()).toEqual([false, true, false]);
    network.cut(["n1"], "in", -1);
    network.cut(["n2", "c1"], "both", 1);
    expect(blocked()).toEqual([true, true, true]);
  });

  it("refuses a plan for a link that does not exist", () => {
    const { network } = create(faults("calm"));
    expect(() => network.plan({ kind: "drop", from: "n1", to: "n9", nth: 1 })).toThrow("no link n1 -> n9");
  });
});

describe("faults", () => {
  it("refuses values that make no sense", () => {
    expect(() => faults("calm", { loss: 1.5 })).toThrow("loss is 1.5");
    expect(() => faults("calm", { pauseMeanMs: -1 })).toThrow("pauseMeanMs is -1");
  });
});
