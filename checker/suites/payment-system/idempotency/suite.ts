import { behavior, ensure, fc, forAll, invariant, observe, show, stage, subject } from "../../../kit/index.ts";

const { Idempotency } = await subject<typeof import("../../../../solutions/payment-system/idempotency.ts")>();

const cap = invariant("payment-system", "idempotency-cap", "What was taken never passes the cap.");
const whole = invariant("payment-system", "idempotency-whole", "An amount is taken as a whole or refused as a whole.");

stage(1, "Count up to the cap", () => {
  behavior("reaches the cap exactly", cap, () => {
    const counter = observe("counter", new Idempotency(5));
    ensure(counter.add(2) && counter.add(3), () => ({ expected: "5 of 5 taken", got: show(counter.used()) }));
  });

  behavior("never passes the cap", cap, () => {
    forAll(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 8 }), (amounts) => {
      const counter = observe("counter", new Idempotency(5));
      let taken = 0;
      for (const amount of amounts) if (counter.add(amount)) taken += amount;
      ensure(taken <= 5, () => ({ expected: "at most 5 taken", got: show(taken), counterexample: show(amounts) }));
    });
  });
});

stage(2, "Refuse what does not fit", () => {
  behavior("a refused amount changes nothing", whole, () => {
    const counter = observe("counter", new Idempotency(5));
    counter.add(3);
    counter.add(4);
    ensure(counter.add(2) && counter.used() === 5, () => ({ expected: "room for 2 more", got: show(counter.used()) }));
  });
});
