import type { LimiterOptions, ToStore } from "../../../../given/rate-limiter/central-store.ts";
import { faults } from "../../../../sim/index.ts";
import { exploreOrViolate } from "../../../kit/explore.ts";
import {
  behavior,
  collidingPairs,
  counts,
  distinctNames,
  ensure,
  fc,
  forAll,
  LONG_RUNS,
  show,
  stage,
  step,
  subject,
  violated,
} from "../../../kit/index.ts";
import { atomicStep, keysAreIndependent, leaseBound, leaseFence, silenceBudget } from "../invariants.ts";
import {
  admits,
  afterCrash,
  bucket,
  fields,
  kinds,
  lease,
  leasing,
  type Module,
  NodeByHand,
  only,
  options,
  refilling,
  refuses,
  StoreByHand,
  same,
} from "./many-nodes.ts";
import { clients, crossing, fewTokens, manyNodes, overLimit, reached, recovering, wrongTotal } from "./sim.ts";

const module = await subject<Module>();

const store = (change: Partial<LimiterOptions> = {}) => new StoreByHand(module, options(change), step);
const node = (change: Partial<LimiterOptions> = {}) => new NodeByHand(module, options(change), step);

/** Requests after which counters of 16 bits have come round. */
const MANY = LONG_RUNS[3]!;

stage(1, "One step at the store", () => {
  behavior("however messages cross, no more than the limit is admitted", atomicStep, () => {
    exploreOrViolate({
      scenario: () =>
        manyNodes(module, {
          options: options({ bucket: bucket(2), answerWithinMs: 2_000, resendMs: 1_000 }),
          clients: clients(3, 4, 40),
          invariants: { "no more than the limit is admitted": (world) => overLimit(world, 2) },
        }),
      faults: "calm",
      seeds: 30,
      durationMs: 500,
      note: "Who reads the count and decides elsewhere decides on a count that may no longer be true.",
    });
  });

  behavior("each token is taken once and admits one client when messages are lost and repeated", atomicStep, () => {
    exploreOrViolate({
      scenario: () =>
        manyNodes(module, {
          options: options({ answerWithinMs: 4_000, bucket: bucket(2) }),
          clients: clients(4, 4, 100),
          atEnd: {
            "no token is lost": (world) => wrongTotal(world, 2, 0),
          },
        }),
      faults: faults("lossy", { clientLoss: 0, loss: 0.15, duplication: 0.2, reordering: 0.2, reorderingMeanMs: 60 }),
      seeds: 40,
      durationMs: 2_000,
    });
  });

  behavior("a take that comes again is answered as before and takes nothing", atomicStep, () => {
    const limiter = store({ bucket: bucket(2) });
    same(
      "three different takes",
      [limiter.take("n1", 1), limiter.take("n2", 1), limiter.take("n1", 2)],
      [true, true, false],
    );
    same("the same again", [limiter.take("n1", 2), limiter.take("n2", 1), limiter.take("n1", 1)], [false, true, true]);
  });

  behavior("tokens flow in exactly", atomicStep, () => {
    forAll(fc.array(fc.nat(40), { minLength: 1, maxLength: 60 }), (pauses) => {
      const rate = { capacity: 3, refillTokens: 2, refillIntervalMs: 70 };
      const limiter = store({ bucket: rate });
      let parts = 3 * 70;
      pauses.forEach((ms, i) => {
        limiter.pass(ms);
        parts = Math.min(3 * 70, parts + ms * 2);
        const allowed = parts >= 70;
        if (allowed) parts -= 70;
        same(`take ${i + 1}`, limiter.take("n1", i + 1), allowed);
      });
    });
  });

  behavior("what a node no longer waits for is neither decided nor answered", atomicStep, () => {
    const limiter = store({ bucket: bucket(2) });
    same("take 1", limiter.take("n1", 1), true);
    same("take 5, floor 4", limiter.take("n1", 5, { floor: 4 }), true);
    for (const seq of [1, 2, 3]) same(`late take ${seq}`, limiter.take("n1", seq), undefined);
    same("take 4, overtaken", limiter.take("n1", 4), false);
    same("take 3 of another node", limiter.take("n2", 3), false);
  });

  behavior("keys share nothing", keysAreIndependent, () => {
    forAll(
      distinctNames(6),
      (keys) => {
        const limiter = store({ bucket: bucket(2) });
        for (const key of keys) same(`tokens of ${show(key)}`, limiter.count(key), 2);
      },
      { runs: 40, examples: [["a", "b", "", "__proto__", "constructor", "a b"]] },
    );
  });

  behavior("a request is named by its node, its start and its number, each by itself", atomicStep, () => {
    forAll(
      collidingPairs(),
      ([[one, first], [other, second]]) => {
        const byStart = store({ bucket: bucket(1) });
        same("the only token", byStart.take(one, 1, { incarnation: first }), true);
        same("another node at another start", byStart.take(other, 1, { incarnation: second }), false);
        const byNumber = store({ bucket: bucket(1) });
        same("the only token", byNumber.take(one, first), true);
        same("another node under another number", byNumber.take(other, second), false);
      },
      {
        runs: 60,
        examples: [
          [
            ["n1", 1],
            ["n", 11],
          ],
        ],
      },
    );
  });

  behavior("numbers, floors and starts are compared as numbers", atomicStep, () => {
    const steps = [9, 10, 99, 100, 255, 256, 65_535, 65_536, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER - 1];
    const limiter = store({ bucket: bucket(100) });
    for (const seq of steps) {
      same(`take ${seq}`, limiter.take("n1", seq, { floor: seq }), true);
      same(`late take ${seq - 1}`, limiter.take("n1", seq - 1), undefined);
    }
    for (const incarnation of steps) {
      same(`take 1 of start ${incarnation}`, limiter.take("n2", 1, { incarnation }), true);
      same(`take 1 of start ${incarnation - 1}`, limiter.take("n2", 1, { incarnation: incarnation - 1 }), undefined);
    }
    same("left in the bucket", limiter.count(), 100 - 2 * steps.length);
  });

  behavior("tokens flow in as exactly after tens of thousands of takes", atomicStep, () => {
    const rate = { capacity: 3, refillTokens: 2, refillIntervalMs: 70 };
    const limiter = new StoreByHand(module, options({ bucket: rate }));
    let parts = 3 * 70;
    for (let seq = 1; seq <= MANY; seq++) {
      const ms = (seq * 7_919) % 61;
      limiter.pass(ms);
      parts = Math.min(3 * 70, parts + ms * 2);
      const allowed = parts >= 70;
      if (allowed) parts -= 70;
      const got = limiter.take(`n${seq % 3}`, seq, { floor: seq });
      if (got === allowed) continue;
      violated({
        steps: [`${seq} takes of three nodes in turn, 0 to 60 ms apart; 2 tokens flow in every 70 ms, up to 3`],
        expected: `take ${seq} to be ${allowed ? "allowed" : "refused"}: ${Math.floor(parts / 70)} tokens are left`,
        got: show(got),
      });
    }
  });

  behavior("a node tells each of tens of thousands of clients its own answer", atomicStep, () => {
    const limiter = new NodeByHand(module, options());
    let last = 0;
    for (let i = 1; i <= MANY; i++) {
      const verdicts = limiter.request();
      const [take] = limiter.sent();
      if (take !== undefined) limiter.taken(take, i % 3 === 0);
      const expected = i % 3 === 0 ? admits("store") : refuses("store");
      ensure(take !== undefined && take.seq > last && show(verdicts) === show(expected), () => ({
        steps: [`${i} clients ask one after the other, and the store answers each at once`],
        expected: `one take with a number above ${last}, then ${show(expected)}`,
        got: `${show(take)}, then ${show(verdicts)}`,
      }));
      last = take!.seq;
    }
  });

  behavior("a node asks once, asks again under the same number, and replies once", atomicStep, () => {
    const limiter = node();
    const verdicts = limiter.request();
    const take = only(limiter, "take");
    limiter.pass(50);
    const again = limiter.sent();
    ensure(again.length === 2 && again.every(({ seq, type }) => seq === take.seq && type === "take"), () => ({
      expected: `take #${take.seq} again after 20 and after 40 ms`,
      got: show(again),
    }));
    for (let i = 0; i < 3; i++) limiter.taken(take, true);
    same("the client was told", verdicts, admits("store"));
    limiter.pass(1_000);
    same("messages after the answer", limiter.sent(), []);
    same("the client was told", verdicts, admits("store"));
  });

  behavior("an answer counts for the request that it names", atomicStep, () => {
    const limiter = node();
    const told = [limiter.request("a"), limiter.request("a"), limiter.request("b")];
    const takes = limiter.sent();
    for (const take of takes) same("floor", take.floor, takes[0]!.seq);
    limiter.taken(takes[2]!, false);
    limiter.taken(takes[1]!, true);
    limiter.taken(takes[1]!, true);
    same("told", told, [[], admits("store"), refuses("store")]);
    limiter.taken(takes[0]!, false);
    same("told", told, [refuses("store"), admits("store"), refuses("store")]);
    limiter.request("a");
    const next = only(limiter, "take");
    ensure(next.floor > takes[2]!.seq && next.floor <= next.seq, () => ({
      expected: `a floor above #${takes[2]!.seq}: nothing before it is wanted any more`,
      got: String(next.floor),
    }));
  });
});

stage(2, "When the store is silent", () => {
  behavior("a client is told in time, and only once", silenceBudget, () => {
    const limiter = node();
    const verdicts = limiter.request();
    const take = limiter.sent()[0]!;
    limiter.pass(99);
    same("told after 99 ms", verdicts, []);
    limiter.pass(1);
    same("told after 100 ms", verdicts, refuses("silence"));
    limiter.taken(take, true);
    same("told after a late answer", verdicts, refuses("silence"));
    limiter.sent();
    limiter.pass(500);
    same("what was given up is not sent again", limiter.sent(), []);
  });

  behavior("what was given up holds nothing back", silenceBudget, () => {
    const limiter = node();
    limiter.request();
    limiter.pass(200);
    const given = limiter.sent()[0]!;
    limiter.request();
    const next = only(limiter, "take");
    ensure(next.seq > given.seq && next.floor > given.seq, () => ({
      expected: `a new number, and a floor above #${given.seq}, which nobody waits for`,
      got: show(next),
    }));
  });

  behavior("open means open within the budget", silenceBudget, () => {
    const limiter = node({ whenSilent: { capacity: 2, refillTokens: 1, refillIntervalMs: 1_000 } });
    const all = (count: number, key: string) => Array.from({ length: count }, () => limiter.request(key));
    const yes = admits("silence");
    const no = refuses("silence");
    const first = all(4, "a");
    limiter.pass(100);
    same("four requests, a budget of two", first, [yes, yes, no, no]);
    limiter.pass(899);
    const early = all(1, "a");
    const other = all(3, "b");
    limiter.pass(100);
    same("999 ms after the first two", early, [no]);
    same("another key has a budget of its own", other, [yes, yes, no]);
    const late = all(2, "a");
    limiter.pass(100);
    same("1,099 ms after the first two", late, [yes, no]);
  });

  behavior("partitions cost at most the budgets", silenceBudget, () => {
    for (const whenSilent of [null, bucket(1)]) {
      exploreOrViolate({
        scenario: () =>
          manyNodes(module, {
            options: options({ whenSilent, bucket: bucket(8), resendMs: 100 }),
            clients: clients(4, 10, 150),
          }),
        faults: faults("lossy", { clientLoss: 0, partitionsPerSecond: 2, partitionMeanMs: 300 }),
        seeds: 25,
        durationMs: 1_500,
      });
    }
  });
});

stage(3, "Lease tokens in blocks", () => {
  behavior("those who wait share one request, and the next ones send nothing", leaseBound, () => {
    const limiter = node(leasing);
    const told = [limiter.request(), limiter.request()];
    const request = only(limiter, "lease");
    same("asked for", request.tokens, 3);
    limiter.granted(request, 3);
    told.push(limiter.request());
    same("told", told, [admits("lease"), admits("lease"), admits("lease")]);
    same("messages", kinds(limiter.sent()), []);
    const fourth = limiter.request();
    ensure(only(limiter, "lease").seq > request.seq, () => ({
      expected: "a new number",
      got: `#${request.seq} again`,
    }));
    same("the fourth waits", fourth, []);
  });

  behavior("a grant that arrives again adds nothing", leaseBound, () => {
    const limiter = node(leasing);
    limiter.request();
    const request = only(limiter, "lease");
    for (let i = 0; i < 2; i++) limiter.granted(request, 3);
    limiter.request();
    limiter.granted(request, 3);
    limiter.request();
    limiter.granted(request, 3);
    const fourth = limiter.request();
    same("a fourth client, after a grant of three", fourth, []);
  });

  behavior("a node that got too little refuses, takes, or asks for more", leaseBound, () => {
    for (const [tokens, empty, then] of [
      [1, true, []],
      [0, true, []],
      [1, false, ["take"]],
      [0, false, ["take"]],
    ] as const) {
      const limiter = node(leasing);
      const told = [limiter.request(), ...(tokens === 0 ? [] : [limiter.request()])];
      limiter.granted(only(limiter, "lease"), tokens, empty);
      same("told", told, [...(tokens === 0 ? [] : [admits("lease")]), empty ? refuses("store") : []]);
      same("messages", kinds(limiter.sent()), then);
    }
    const limiter = node(leasing);
    const told = Array.from({ length: 5 }, () => limiter.request());
    limiter.granted(only(limiter, "lease"), 3);
    limiter.granted(only(limiter, "lease"), 3);
    for (const each of told) same("told", each, admits("lease"));
  });

  behavior("the store grants what is asked, what is there, and what may be outstanding", leaseBound, () => {
    const room = store(leasing);
    same("asked for 4", room.lease("n1", 1, 4), 4);
    same("room for 2", room.lease("n2", 1, 4), 2);
    same("no room", room.lease("n3", 1, 4), 0);
    same("a take needs no room", room.take("n3", 2), true);
    same("n2 asks for its next, and thereby ends its first", room.lease("n2", 2, 1), 1);
    same("a room of one is left", room.lease("n3", 3, 4), 1);
    same("left in the bucket", room.count(), 20 - 4 - 2 - 1 - 1 - 1);
    const poor = store({ lease, bucket: bucket(2) });
    const ask = { type: "lease", key: "k", incarnation: 1, floor: 0, tokens: 3 } as const;
    const granted = { type: "granted", key: "k", incarnation: 1, tokens: 2, empty: true } as const;
    same("two are there", fields(poor.receive("n1", { ...ask, seq: 1 })[0]), fields({ ...granted, seq: 1 }));
    same("none is there", fields(poor.receive("n2", { ...ask, seq: 1 })[0]), fields({ ...granted, seq: 1, tokens: 0 }));
  });

  behavior("a request for a lease that comes again is answered as before", leaseBound, () => {
    const limiter = store(leasing);
    for (let i = 0; i < 3; i++) same("request 3", limiter.lease("n1", 3, 3), 3);
    same("an older one that was overtaken", limiter.lease("n1", 2, 3), 3);
    same("both count as outstanding", limiter.lease("n2", 1, 3), 0);
    same("left in the bucket", limiter.count(), 20 - 3 - 3);
  });

  behavior("the largest bucket is leased out and given back to the last token", leaseBound, () => {
    const most = 2 ** 32 - 1;
    const long = { tokens: most, spendMs: 400, ttlMs: 600, outstandingMax: most };
    const largest = { capacity: most, refillTokens: 1, refillIntervalMs: 2 ** 20 };
    forAll(
      counts({ min: 1, max: most }),
      (part) => {
        const limiter = store({ lease: long, bucket: largest });
        same(`asked for ${part}`, limiter.lease("n1", 1, part), part);
        same("asked for all", limiter.lease("n2", 1, most), most - part);
        same("none is left", limiter.lease("n3", 1, most), 0);
        same(`${part} come back`, limiter.giveBack("n1", 2, 1, part), true);
        same("asked for all", limiter.lease("n3", 2, most), part);
      },
      { runs: 60 },
    );
    // What is outstanding is more than a signed number of 32 bits holds, and there is more in the bucket.
    const limiter = store({ lease: { ...long, outstandingMax: 2 ** 31 + 10 }, bucket: largest });
    same("asked for 2^31", limiter.lease("n1", 1, 2 ** 31), 2 ** 31);
    same("room for 10", limiter.lease("n2", 1, 100), 10);
  });

  behavior("leases admit no more than the bound, whatever the network does", leaseBound, () => {
    exploreOrViolate({ scenario: () => fewTokens(module), faults: crossing, seeds: 30, durationMs: 600 });
    const found = exploreOrViolate({
      scenario: () => manyNodes(module, { options: refilling, clients: clients(4, 25, 60) }),
      faults: crossing,
      seeds: 30,
      durationMs: 1_500,
    });
    reached(found, "lease");
  });

  behavior("what is not admitted is held by others", leaseBound, () => {
    exploreOrViolate({
      scenario: () =>
        manyNodes(module, {
          options: options({
            lease: { ...lease, spendMs: 50_000, ttlMs: 60_000 },
            bucket: bucket(20),
            answerWithinMs: 2_000,
          }),
          clients: clients(4, 10, 60),
          atEnd: {
            "at most outstandingMax tokens are left over": (world) => wrongTotal(world, 20, lease.outstandingMax),
          },
        }),
      faults: "calm",
      seeds: 20,
      durationMs: 1_000,
    });
  });
});

stage(4, "Expire, return, crash", () => {
  behavior("a lease that is over is not spent, even if no timer said so", leaseFence, () => {
    for (const [paused, by] of [
      [399 - 80, "lease"],
      [400 - 80, "asks"],
    ] as const) {
      const limiter = node(leasing);
      limiter.request();
      limiter.pass(80);
      // Asked at 0, sent again meanwhile, granted at 80: the store may have counted from the first time.
      limiter.granted(limiter.sent()[0]!, 3);
      limiter.pause(paused);
      const verdicts = limiter.request();
      if (by === "lease") same("399 ms after it was asked for", verdicts, admits("lease"));
      else {
        same("400 ms after it was asked for", verdicts, []);
        same("messages", kinds(limiter.sent()), ["return", "lease"]);
      }
    }
  });

  behavior("a grant that comes too late is not spent", leaseFence, () => {
    const limiter = node({ ...leasing, answerWithinMs: 10_000 });
    const verdicts = limiter.request();
    const request = only(limiter, "lease");
    limiter.pause(400);
    limiter.granted(request, 3);
    same("told", verdicts, []);
    limiter.pass(100);
    const next = limiter.sent().find(({ type, seq }) => type === "lease" && seq !== request.seq);
    ensure(next !== undefined, () => ({
      expected: "a new request for a lease: somebody waits",
      got: "none within 100 ms",
    }));
    limiter.granted(next!, 3);
    same("told", verdicts, admits("lease"));
  });

  behavior("what is left is returned, once, until the store has heard of it", leaseFence, () => {
    const limiter = node(leasing);
    limiter.request();
    const request = only(limiter, "lease");
    limiter.granted(request, 3);
    limiter.pass(399);
    same("messages while it may be spent", limiter.sent(), []);
    limiter.pass(30);
    const [back, again] = limiter.sent() as (ToStore & { type: "return" })[];
    same("returned", fields(back), fields({ ...back!, type: "return", lease: request.seq, tokens: 2 }));
    same("returned again, under the same number", fields(again), fields(back));
    limiter.answer({ type: "returned", key: "k", incarnation: 1, seq: back!.seq });
    limiter.pass(5_000);
    same("messages later", limiter.sent(), []);
    same("the next client waits for a new lease", [limiter.request(), kinds(limiter.sent())], [[], ["lease"]]);
  });

  behavior("tokens come back once, from their holder, and in time", leaseFence, () => {
    const limiter = store(leasing);
    limiter.lease("n1", 1, 3);
    limiter.lease("n2", 1, 3);
    for (let i = 0; i < 2; i++) same("n1 returns 2 of 3", limiter.giveBack("n1", 2, 1, 2), true);
    same("under another number", limiter.giveBack("n1", 3, 1, 2), true);
    same("of a lease it never had", limiter.giveBack("n3", 1, 1, 3), true);
    limiter.pass(600);
    same("n2 returns after 600 ms", limiter.giveBack("n2", 2, 1, 3), true);
    same("room again", limiter.lease("n3", 2, 6), 6);
    same("left in the bucket", limiter.count(), 20 - 3 - 3 + 2 - 6);
  });

  behavior("a lease belongs to its node and its start, each by itself", leaseFence, () => {
    forAll(
      collidingPairs(),
      ([[one, first], [other, second]]) => {
        const limiter = store(leasing);
        same("leased", limiter.lease(one, 1, 3, { incarnation: first }), 3);
        same("another node returns a lease that it never had", limiter.giveBack(other, 1, 1, 3, second), true);
        same("and asks for its next", limiter.lease(other, 2, 6, { incarnation: second }), 3);
        same("left in the bucket", limiter.count(), 20 - 3 - 3);
      },
      {
        runs: 60,
        examples: [
          [
            ["n1", 1],
            ["n", 11],
          ],
        ],
      },
    );
  });

  behavior("a lease counts until its time has passed, whatever became of its node", leaseFence, () => {
    const limiter = store(leasing);
    limiter.lease("n1", 1, 6);
    same("n1 has restarted; its former self may still spend", limiter.lease("n1", 1, 3, { incarnation: 2 }), 0);
    same("the former self is not answered", limiter.take("n1", 2), undefined);
    limiter.pass(599);
    same("599 ms", limiter.lease("n2", 1, 3), 0);
    limiter.pass(1);
    same("600 ms", limiter.lease("n2", 2, 3), 3);
    same("left in the bucket: nothing came back", limiter.count(), 20 - 6 - 3);
  });

  behavior("an answer to an earlier start of the node is none", leaseFence, () => {
    const limiter = node();
    limiter.request();
    const before = only(limiter, "take");
    limiter.restart();
    const verdicts = limiter.request();
    const after = only(limiter, "take");
    limiter.taken(before, true);
    same("told after the old answer", verdicts, []);
    limiter.taken(after, false);
    same("told after the new one", verdicts, refuses("store"));
  });

  behavior("the store forgets nothing when it crashes", leaseFence, () => {
    const limiter = store(leasing);
    same("take 1", limiter.take("n1", 1), true);
    same("lease 2", limiter.lease("n1", 2, 3), 3);
    same("lease of n2", limiter.lease("n2", 1, 2), 2);
    limiter.take("n3", 7, { floor: 7 });
    limiter.restart();
    same("the same again", [limiter.take("n1", 1), limiter.lease("n1", 2, 3)], [true, 3]);
    same("below the floor", limiter.take("n3", 6), undefined);
    same("room for 1", limiter.lease("n3", 8, 3), 1);
    limiter.giveBack("n2", 2, 1, 2);
    same("left in the bucket", limiter.count(), 20 - 1 - 3 - 2 - 1 - 1 + 2);
  });

  behavior("wherever the store crashes, a request that comes again is decided once", leaseFence, () => {
    const asks: ((limiter: StoreByHand) => unknown)[] = [
      (limiter) => limiter.take("n1", 2),
      (limiter) => limiter.lease("n1", 2, 3),
      (limiter) => limiter.giveBack("n1", 2, 1, 2),
    ];
    for (const ask of asks) {
      const calm = afterCrash(store(leasing), ask, Number.POSITIVE_INFINITY);
      for (let effects = 0; effects < 6; effects++)
        same("tokens left and the answer", afterCrash(store(leasing), ask, effects), calm);
    }
  });

  behavior("the bound holds when everything fails, and the limit is there when it has healed", leaseBound, () => {
    const found = exploreOrViolate({
      scenario: () => recovering(module, { ...refilling, whenSilent: bucket(2) }),
      faults: faults("hostile", { clientLoss: 0, clockJumpsPerSecond: 0, crashesPerSecond: 2, downMeanMs: 100 }),
      seeds: 40,
      durationMs: 2_000,
    });
    reached(found, "lease", "silence");
  });
});
