import { describe, expect, it } from "vitest";
import { LabSession } from "../kit/session.ts";
import { type CallName, callTitles, type Fault, faultsOf } from "./calls.ts";
import { scheduleOf } from "./lanes.ts";
import { type Action, model, runMs, type State } from "./model.ts";
import { type PresetName, presets } from "./presets.ts";
import { leaseMs, merchantAccount } from "./store.ts";
import { verdictOf } from "./verdict.ts";

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

function start(preset: PresetName, seed = 1): LabSession<State, { preset: PresetName }, Action> {
  return new LabSession(model, seed, { preset });
}

/** As the reader first sees it. */
function opened(preset: PresetName, seed = 1) {
  const lab = start(preset, seed);
  lab.seek(presets[preset].startMs);
  return lab;
}

const chargesOf = ({ state }: { state: State }) => verdictOf(state.payment).charges;
const notesOf = ({ state }: { state: State }) => state.payment.wire.notes.map(({ text }) => text);
const wallet = ({ state }: { state: State }) => state.payment.store.accounts.get(merchantAccount)!.balance;

describe("an answer that was lost", () => {
  it.each(seeds)("opens in doubt: charged, and our order does not know, seed %i", (seed) => {
    const lab = opened("answer", seed);
    const { charges, booked, open } = verdictOf(lab.state.payment);
    expect([charges, booked, open?.reference]).toEqual([1, 0, "p1/capture/1"]);
    expect([lab.state.payment.store.order!.state, wallet(lab)]).toEqual(["capturing", 0]);
  });

  it.each(seeds)("ends by asking, and Pay again charges nothing: seed %i", (seed) => {
    const lab = opened("answer", seed);
    lab.act({ kind: "do", command: "pay" });
    lab.advance(150);
    const texts = notesOf(lab);
    expect(texts).toContain("the same key: the order is there, capturing");
    const { charges, difference, open } = verdictOf(lab.state.payment);
    expect([charges, difference, open, wallet(lab)]).toEqual([1, 0, null, 5000]);
    // What ended it is a look-up, before any webhook.
    const labels = lab.state.payment.wire.sent.map(({ label }) => label);
    expect(labels).toContain("capture?");
    expect(labels.some((label) => label.startsWith("evt_"))).toBe(false);
  });
});

describe("a webhook that comes three times", () => {
  it.each(seeds)("changes the books once: seed %i", (seed) => {
    const lab = start("webhook", seed);
    lab.seek(runMs);
    const first = notesOf(lab).filter((text) => text.startsWith("evt_1"));
    expect(first).toEqual([
      "evt_1 ends the doubt: capture succeeded",
      "evt_1 was taken before: nothing changes",
      "evt_1 was taken before: nothing changes",
    ]);
    expect(lab.state.payment.store.transfers.map(({ id }) => id)).toEqual(["p1/capture/1", "p1/refund/1"]);
    // The third one after the refund.
    expect(notesOf(lab).lastIndexOf(first[2]!)).toBeGreaterThan(notesOf(lab).indexOf("gives a part back"));
  });
});

describe("a worker that is killed after the charge", () => {
  it.each(seeds)("is followed by one that asks, also when the key is forgotten: seed %i", (seed) => {
    const lab = opened("killed", seed);
    expect(lab.state.payment.provider.remembersAny).toBe(false);
    lab.seek(runMs);
    expect(notesOf(lab)).toContain("worker 2 claims pay-1, attempt 2");
    expect([chargesOf(lab), verdictOf(lab.state.payment).difference]).toEqual([1, 0]);
  });

  it("waits for the lease, and not longer", () => {
    const lab = start("killed");
    lab.seek(runMs);
    const claims = lab.state.payment.wire.notes.filter(({ mark }) => mark === "claim").map(({ atMs }) => atMs);
    expect(claims[1]! - claims[0]!).toBe(leaseMs);
  });

  it.each(seeds)("is followed by a second charge where the next one does not ask: seed %i", (seed) => {
    const lab = opened("twice", seed);
    expect(chargesOf(lab)).toBe(2);
    const { booked, difference, open } = verdictOf(lab.state.payment);
    expect([booked, difference, open]).toEqual([5000, 5000, null]);
  });

  it("is harmless without asking only while the key is remembered", () => {
    const lab = start("nothing");
    lab.act({ kind: "recovery", recovery: "same-key" });
    lab.act({ kind: "fault", call: "capture", fault: "killed" });
    lab.act({ kind: "fault", call: "webhook", fault: "late" });
    lab.seek(runMs);
    expect(notesOf(lab)).toContain("it knows the key of p1/capture/1, and does nothing");
    expect(chargesOf(lab)).toBe(1);
  });

  it("charges twice with a new key, remembered or not", () => {
    const lab = start("nothing");
    lab.act({ kind: "recovery", recovery: "new-key" });
    lab.act({ kind: "fault", call: "capture", fault: "answer-lost" });
    lab.seek(runMs);
    expect(chargesOf(lab)).toBe(2);
  });
});

describe("a dead letter", () => {
  it.each(seeds)("has four attempts in its history, and a redrive asks first: seed %i", (seed) => {
    const lab = opened("dead", seed);
    const job = lab.state.payment.store.jobs[0]!;
    expect([job.state, job.why, job.history.length]).toEqual(["dead", "exhausted", 4]);
    expect(lab.state.payment.provider.remembersAny).toBe(false);
    lab.act({ kind: "all pass" });
    lab.act({ kind: "do", command: "redrive" });
    lab.advance(100);
    expect([job.state, chargesOf(lab), wallet(lab)]).toEqual(["done", 1, 5000]);
  });

  it("is one at once when the provider refuses the request as invalid", () => {
    const lab = start("nothing");
    lab.act({ kind: "fault", call: "authorize", fault: "refused" });
    lab.advance(100);
    const job = lab.state.payment.store.jobs[0]!;
    expect([job.state, job.why, job.attempts]).toEqual(["dead", "terminal", 1]);
    lab.act({ kind: "do", command: "redrive" });
    lab.advance(200);
    expect(notesOf(lab)).toContain("the provider has nothing under p1/authorize/1: it is sent again");
    expect([job.state, chargesOf(lab)]).toEqual(["done", 1]);
  });
});

describe("whatever the reader does to one call", () => {
  const cases = (Object.keys(faultsOf) as CallName[]).flatMap((call) =>
    faultsOf[call].map((fault) => [call, fault] as const),
  );

  it.each(cases)("%s, %s: one charge, one refund, one payout, and books that agree in the end", (call, fault) => {
    const lab = start("nothing", 3);
    lab.act({ kind: "fault", call, fault });
    run(lab, call, fault);
    const { effects } = lab.state.payment.provider;
    expect(effects.map(({ kind }) => kind)).toEqual(["authorize", "capture", "refund", "payout"]);
    const { difference, open } = verdictOf(lab.state.payment);
    expect([difference, open, wallet(lab)]).toEqual([0, null, 0]);
    const balances = [...lab.state.payment.store.accounts.values()].map(({ balance }) => balance);
    expect(balances.reduce((sum, balance) => sum + balance)).toBe(0);
  });

  /** Everything is pressed as soon as it can be, also Pay when it was lost, and Redrive. */
  function run(lab: LabSession<State, { preset: PresetName }, Action>, call: CallName, fault: Fault): void {
    const left: ("deliver" | "refund" | "payout")[] = ["refund", "deliver", "payout"];
    while (!lab.done) {
      const { payment } = lab.state;
      if (payment.can("redrive")) lab.act({ kind: "do", command: "redrive" });
      if (payment.customer === "no answer") lab.act({ kind: "do", command: "pay" });
      if (left[0] !== undefined && payment.can(left[0])) lab.act({ kind: "do", command: left.shift()! });
      lab.advance(1);
    }
    expect(left, `${callTitles[call]}, ${fault}`).toEqual([]);
  }
});

describe("the drawing", () => {
  it("shows a lost message as lost, and what is on its way with the time at which it will arrive", () => {
    const lab = opened("answer");
    const { messages } = scheduleOf(lab.state.payment, 2600);
    expect(messages.filter(({ arrivedAt }) => arrivedAt === undefined).map(({ from, label }) => [from, label])).toEqual(
      [["Provider", "yes"]],
    );
    lab.act({ kind: "do", command: "pay" });
    const onItsWay = scheduleOf(lab.state.payment, 2600).messages.at(-1)!;
    expect([onItsWay.from, onItsWay.to]).toEqual(["Client", "Service"]);
    expect(onItsWay.arrivedAt!).toBeGreaterThan(lab.nowMs);
  });

  it("can be sabotaged while a message is on its way", () => {
    const lab = opened("nothing");
    const asked = lab.state.payment.wire.sent.find(({ label }) => label === "capture")!;
    lab.seek(asked.sentAt + model.stepMs);
    lab.act({ kind: "fault", call: "capture", fault: "request-lost" });
    lab.advance(15);
    expect(lab.state.payment.wire.sent.find(({ label }) => label === "capture")!.isLost).toBe(true);
    expect(chargesOf(lab)).toBe(0);
  });

  it("is the same again after going back", () => {
    const lab = opened("webhook", 5);
    lab.act({ kind: "do", command: "kill" });
    lab.seek(9000);
    const notes = notesOf(lab);
    lab.seek(1000);
    lab.seek(9000);
    expect(notesOf(lab)).toEqual(notes);
  });
});
