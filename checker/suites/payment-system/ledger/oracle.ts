/** The ledger in memory, as the contract says it and without a thought for speed: every sum is made from the start. */

import type { Posting, Transfer } from "../../../../given/payment-system/transfer.ts";
import type { Account, AccountState, Hold, Refusal } from "../../../../solutions/payment-system/ledger.ts";

export type Call =
  | { readonly op: "open"; readonly account: Account }
  | { readonly op: "post"; readonly transfer: Transfer }
  | { readonly op: "postIn"; readonly transfer: Transfer }
  | { readonly op: "hold"; readonly hold: Hold }
  | { readonly op: "postHold"; readonly id: string; readonly amount?: number }
  | { readonly op: "voidHold"; readonly id: string };

export type Outcome = "done" | Refusal;

interface Kept extends Hold {
  state: "pending" | "posted" | "voided" | "expired";
  posted: number;
}

const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);

export class Oracle {
  readonly #accounts = new Map<string, Account>();
  readonly #said = new Map<string, string>();
  readonly #holds = new Map<string, Kept>();
  readonly #postings: Posting[] = [];

  do(call: Call, nowMs: number): Outcome {
    switch (call.op) {
      case "open":
        return this.#open(call.account);
      case "post":
      case "postIn":
        if (!isBalanced(call.transfer)) return "unbalanced";
        return this.#once(call.transfer.id, ["transfer", call.transfer.postings], () =>
          this.#post(call.transfer, nowMs),
        );
      case "hold":
        return this.#once(call.hold.id, ["hold", call.hold], () => this.#hold(call.hold, nowMs));
      case "postHold":
        return this.#postHold(call.id, call.amount, nowMs);
      case "voidHold":
        return this.#voidHold(call.id, nowMs);
    }
  }

  wallet(id: string, nowMs: number): AccountState | null {
    const account = this.#accounts.get(id);
    if (account === undefined) return null;
    return { ...account, balance: Number(this.#balance(id)), held: Number(this.#held(id, nowMs)) };
  }

  #open(account: Account): Outcome {
    const there = this.#accounts.get(account.id);
    if (there === undefined) this.#accounts.set(account.id, account);
    const isSame =
      there === undefined || (there.currency === account.currency && there.overdraft === account.overdraft);
    return isSame ? "done" : "id-taken";
  }

  #once(id: string, content: unknown, act: () => Outcome): Outcome {
    const text = JSON.stringify(content);
    const there = this.#said.get(id);
    if (there !== undefined) return there === text ? "done" : "id-taken";
    const outcome = act();
    if (outcome === "done") this.#said.set(id, text);
    return outcome;
  }

  #post({ postings }: Transfer, nowMs: number): Outcome {
    const refused = this.#refusal(postings, nowMs, new Map());
    if (refused !== null) return refused;
    this.#expire(
      postings.map(({ account }) => account),
      nowMs,
    );
    this.#postings.push(...postings);
    return "done";
  }

  #hold(hold: Hold, nowMs: number): Outcome {
    const { from, to, amount, currency, expiresAtMs } = hold;
    if (expiresAtMs <= nowMs) return "not-pending";
    const sides = [from, to].map((account) => ({ account, currency, amount: 0 }));
    const refused = this.#refusal(sides, nowMs, new Map([[from, BigInt(amount)]]));
    if (refused !== null) return refused;
    this.#expire([from], nowMs);
    this.#holds.set(hold.id, { ...hold, state: "pending", posted: 0 });
    return "done";
  }

  #postHold(id: string, asked: number | undefined, nowMs: number): Outcome {
    const hold = this.#holds.get(id);
    if (hold === undefined) return "unknown-hold";
    const amount = asked ?? hold.amount;
    if (hold.state === "posted") return hold.posted === amount ? "done" : "id-taken";
    if (hold.state !== "pending" || hold.expiresAtMs <= nowMs) return "not-pending";
    if (amount > hold.amount) return "exceeds-hold";
    const { from, to, currency } = hold;
    const postings = [
      { account: from, amount: -amount, currency },
      { account: to, amount, currency },
    ];
    const refused = this.#refusal(postings, nowMs, new Map([[from, -BigInt(hold.amount)]]));
    if (refused !== null) return refused;
    this.#postings.push(...postings);
    hold.state = "posted";
    hold.posted = amount;
    return "done";
  }

  #voidHold(id: string, nowMs: number): Outcome {
    const hold = this.#holds.get(id);
    if (hold === undefined) return "unknown-hold";
    if (hold.state === "voided") return "done";
    if (hold.state !== "pending" || hold.expiresAtMs <= nowMs) return "not-pending";
    hold.state = "voided";
    return "done";
  }

  #refusal(postings: readonly Posting[], nowMs: number, holding: ReadonlyMap<string, bigint>): Refusal | null {
    if (postings.some(({ account }) => !this.#accounts.has(account))) return "unknown-account";
    if (postings.some(({ account, currency }) => this.#accounts.get(account)!.currency !== currency))
      return "wrong-currency";
    const after = [...new Set(postings.map(({ account }) => account))].map((id) => {
      const net = postings.reduce((sum, each) => (each.account === id ? sum + BigInt(each.amount) : sum), 0n);
      const more = holding.get(id) ?? 0n;
      const balance = this.#balance(id) + net;
      const held = this.#held(id, nowMs) + more;
      return { balance, held, free: balance - held, isLess: net < more, limit: this.#accounts.get(id)!.overdraft };
    });
    const isLarge = (value: bigint) => value > LARGEST || value < -LARGEST;
    if (after.some(({ balance, held, free }) => isLarge(balance) || isLarge(held) || isLarge(free))) return "too-large";
    const isOver = after.some(({ free, isLess, limit }) => isLess && limit !== null && free < -BigInt(limit));
    return isOver ? "overdrawn" : null;
  }

  #balance(id: string): bigint {
    return this.#postings.reduce((sum, { account, amount }) => (account === id ? sum + BigInt(amount) : sum), 0n);
  }

  #held(id: string, nowMs: number): bigint {
    const own = [...this.#holds.values()].filter(({ from, state }) => from === id && state === "pending");
    return own.reduce((sum, { amount, expiresAtMs }) => (expiresAtMs > nowMs ? sum + BigInt(amount) : sum), 0n);
  }

  /** A payment that was done counted on their money. */
  #expire(accounts: readonly string[], nowMs: number): void {
    for (const hold of this.#holds.values())
      if (accounts.includes(hold.from) && hold.state === "pending" && hold.expiresAtMs <= nowMs) hold.state = "expired";
  }
}

function isBalanced({ postings }: Transfer): boolean {
  return postings.every(({ currency }) => {
    const own = postings.filter((each) => each.currency === currency);
    return own.reduce((sum, { amount }) => sum + BigInt(amount), 0n) === 0n;
  });
}
