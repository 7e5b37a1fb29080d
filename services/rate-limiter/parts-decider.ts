import type { Verdict } from "../../given/rate-limiter/central-store.ts";
import type { RateLimiter } from "../../given/rate-limiter/limiter.ts";
import { monotonicMs } from "../kit/clock.ts";
import type { PartContext } from "../kit/part.ts";
import type { Decider, Outcome } from "./decider.ts";
import { ANSWER_WITHIN_MS, type CentralRule, type LeasedRule, limiterOptions, type Rule } from "./rules.ts";
import { StoreLink } from "./store-link.ts";
import type { FromLimitStore } from "./wire.ts";

type Distributed = typeof import("../../solutions/rate-limiter/distributed-limiter.ts");
type Node = InstanceType<Distributed["LimitNode"]>;

export interface PartsDeciderData {
  readonly storePort: number;
  readonly secret: string;
  readonly rules: readonly Rule[];
}

type Decided = FromLimitStore & { type: "decided" };

/**
 * The learner's parts, or the references: a `LimitNode` for each leased rule, and the store's one step for the rest.
 */
export async function partsDecider(context: PartContext<PartsDeciderData>): Promise<Decider> {
  const { data, name, load } = context;
  const nodes = new Map<string, Node>();
  const waiting = new Map<number, (decided: Decided) => void>();
  const link = new StoreLink(data.storePort, { type: "hello", node: name, secret: data.secret }, (message) => {
    if (message.type === "limiter") nodes.get(message.rule)?.onMessage("store", message.message);
    else waiting.get(message.id)?.(message);
  });
  const budgets = new Map<string, RateLimiter>();
  for (const rule of data.rules) {
    if (rule.algorithm === "leased-bucket") nodes.set(rule.name, await nodeOf(rule, context, link));
    else if (rule.whenSilent !== null) {
      const { TokenBucket } =
        await load<typeof import("../../solutions/rate-limiter/token-bucket.ts")>("rate-limiter/token-bucket");
      budgets.set(rule.name, new TokenBucket(rule.whenSilent));
    }
  }
  let lastId = 0;

  function askStore(rules: readonly CentralRule[], key: string): Promise<Outcome> {
    return new Promise((resolve) => {
      const id = ++lastId;
      const timer = setTimeout(() => settle(alone(rules, key)), ANSWER_WITHIN_MS);
      const settle = (outcome: Outcome): void => {
        clearTimeout(timer);
        waiting.delete(id);
        resolve(outcome);
      };
      waiting.set(id, ({ rule: named, decision }) => {
        const rule = rules.find((each) => each.name === named)!;
        const [remaining, retryAfterMs] = decision.allowed ? [decision.remaining, null] : [0, decision.retryAfterMs];
        settle({ allowed: decision.allowed, by: "store", rule, remaining, retryAfterMs });
      });
      const asks = rules.map((rule) => ({ rule: rule.name, key }));
      if (!link.send({ type: "decide", id, asks })) settle(alone(rules, key));
    });
  }

  /** Each rule says what may pass without the store; one that says nothing refuses. */
  function alone(rules: readonly CentralRule[], key: string): Outcome {
    const nowMs = Math.floor(monotonicMs());
    const refusing = rules.find((rule) => {
      const probe = budgets.get(rule.name)?.tryAcquire(key, nowMs, 0);
      return probe?.allowed !== true || probe.remaining < 1;
    });
    const refused = { allowed: false, by: "silence", remaining: null, retryAfterMs: null } as const;
    if (refusing !== undefined) return { ...refused, rule: refusing };
    for (const rule of rules) budgets.get(rule.name)!.tryAcquire(key, nowMs);
    return { ...refused, allowed: true, rule: rules[0]! };
  }

  return {
    decide: (rules, key) => {
      const [rule] = rules;
      if (rule?.algorithm !== "leased-bucket") return askStore(rules as readonly CentralRule[], key);
      return new Promise((resolve) => {
        nodes.get(rule.name)!.onRequest(key, (verdict) => resolve(outcomeOf(rule, verdict)));
      });
    },
    close: () => link.close(),
  };
}

/**
 * A verdict of the exercise tells no wait: the bucket has no whole token, so the next one takes at most an interval.
 */
function outcomeOf(rule: LeasedRule, { allowed, by }: Verdict): Outcome {
  const retryAfterMs = allowed || by === "silence" ? null : Math.ceil(rule.refillIntervalMs / rule.refillTokens);
  return { allowed, by, rule, remaining: allowed ? null : 0, retryAfterMs };
}

async function nodeOf(
  rule: LeasedRule,
  { incarnation, load }: PartContext<PartsDeciderData>,
  link: StoreLink,
): Promise<Node> {
  const { LimitNode } = await load<Distributed>("rate-limiter/distributed-limiter");
  const timers = new Map<string, NodeJS.Timeout>();
  const node: Node = new LimitNode(
    {
      incarnation,
      now: () => Math.floor(monotonicMs()),
      send: (_to, message) => void link.send({ type: "limiter", rule: rule.name, message: message as never }),
      setTimer: (name, delayMs) => {
        clearTimeout(timers.get(name));
        const due = (): void => {
          timers.delete(name);
          node.onTimer(name);
        };
        timers.set(name, setTimeout(due, Math.max(0, delayMs)));
      },
      clearTimer: (name) => {
        clearTimeout(timers.get(name));
        timers.delete(name);
      },
      // A gateway keeps nothing: what it had leased is lost with it.
      stable: { get: () => undefined, set: () => {} },
    },
    limiterOptions(rule),
  );
  return node;
}
