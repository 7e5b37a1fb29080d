import type { FollowUp } from "../../interview.ts";

const stripe = {
  title: "Stripe, Scaling your API with rate limiters, 2017",
  url: "https://stripe.com/blog/rate-limiters",
};
const cloudflare = {
  title: "Cloudflare, How we built rate limiting capable of scaling to millions of domains, 2017",
  url: "https://blog.cloudflare.com/counting-things-a-lot-of-different-things/",
};
const dynamo = {
  title: "Elhemali and others, Amazon DynamoDB, USENIX ATC 2022, global admission control",
  url: "https://www.usenix.org/conference/atc22/presentation/elhemali",
};
const rfc9110 = {
  title: "RFC 9110, section 10.2.3, 2022",
  url: "https://www.rfc-editor.org/rfc/rfc9110#field.retry-after",
};
const rfc6585 = { title: "RFC 6585, section 4, 2012", url: "https://www.rfc-editor.org/rfc/rfc6585#section-4" };
const draft = {
  title: "draft-ietf-httpapi-ratelimit-headers-11, 2026 (work in progress)",
  url: "https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/",
};
const redisCell = { title: "redis-cell, README", url: "https://github.com/brandur/redis-cell" };
const redisCluster = {
  title: "Redis cluster specification, write safety",
  url: "https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/",
};
const googleIncident = {
  title: "Google Cloud, incident report of 12 June 2025",
  url: "https://status.cloud.google.com/incidents/ow5i3PPK96RduMcb1SsW",
};
const sre = {
  title: "Google SRE book, chapter Handling Overload, 2016",
  url: "https://sre.google/sre-book/handling-overload/",
};

export const clockStepsBack: FollowUp = {
  question: "The clock steps back five seconds. What happens?",
  modelAnswer:
    "Keep the latest time seen and treat an earlier one as that. Nothing refills for five seconds, waits are announced five seconds longer, and no bound is broken. With a naive difference the elapsed time is negative and drains the bucket; taken as zero, with the earlier time stored, the same five seconds are refilled twice. A fixed window that asks whether the window is different, in place of later, reopens an old one with an empty count. Relative waits help clients too: they need no synchronized clock.",
  source: draft,
};

export const statusCodes: FollowUp = {
  question: "When do you answer 429, and when 503?",
  modelAnswer:
    "429 says: you sent too many. It is about this client's past and would be the same on an idle system. 503 says: we cannot serve this now. It is about our present. Clients, proxies and alerts treat them differently: a 429 should slow one client down, a rise in 503 should page a person. Both may carry Retry-After. A 429 must not be stored by a cache. Mixing them up hides outages inside the normal noise of throttling.",
  source: rfc6585,
};

export const retryAfterRounding: FollowUp = {
  question: "Your wait is 1,200 ms. What goes into Retry-After, and why does it matter?",
  modelAnswer:
    "2. The field carries whole seconds or a date. Rounded down to 1, every polite client returns 200 ms too early, is refused again and has learned that the field lies. After a shared event, add a random part on top, because many clients are told the same second and come back together; never subtract. The internal interface keeps milliseconds, so that a caller in the same process can be exact.",
  source: rfc9110,
};

export const loginAttempts: FollowUp = {
  question: "Which algorithm for five password attempts per hour, and why not the same everywhere?",
  modelAnswer:
    "A sliding log. The limit is small, so five time stamps per key cost little, and the promise is exact: a fixed window would give an attacker ten attempts around its boundary. It also should fail closed, on the account and on the address separately, because one attacker has many addresses and one address has many users. For a hundred thousand requests per hour the same log would store as many time stamps for each key; there a token bucket states a bound that is good enough in two numbers.",
  source: cloudflare,
};

export const costs: FollowUp = {
  question: "Limit by cost in place of count: what changes?",
  modelAnswer:
    "The cost is often known only afterward. Take an estimate before, settle the difference after, and let the level go below zero by a bounded amount, so that an expensive request delays the next. The bound becomes capacity plus rate times t plus the largest underestimate. A cost above the capacity can never pass: say so, do not announce a time. Publish the unit, or clients cannot plan. Counting queries is a poor measure of load, because queries differ and their mix changes.",
  source: sre,
};

export const changeLive: FollowUp = {
  question: "How do you change a limit live without resetting state?",
  modelAnswer:
    "Send the parameters with each check and store what survives a change. A level in tokens survives: clamp it to the new capacity and refill at the new rate from now on. A theoretical arrival time stores the debt as time, so after doubling the rate a client at the brim still waits for the old debt, at most the old time to fill. Version the rule, and never make the version part of the key: that gives everybody a full bucket at the moment of the change.",
  source: redisCell,
};

export const eviction: FollowUp = {
  question: "How do you keep one tenant from evicting the counters of others?",
  modelAnswer:
    "Bound keys per tenant before bounding keys in total. When a tenant has spent its budget of keys, fold the rest into one shared overflow key: its own limits get coarser, no other tenant's do. Evict only idle keys, those whose bucket would be full; dropping one loses nothing. If memory is still short, refuse new keys rather than forget active ones: a forgotten key is a fresh bucket, and an attacker can choose the moment. Group IPv6 clients by prefix.",
  source: rfc6585,
};

export const hotKey: FollowUp = {
  question: "One key receives 400,000 requests per second. What happens to its shard?",
  modelAnswer:
    "Nothing, if gateways remember refusals. A refusal comes with the time until which it holds; before that, no admission is possible, so a gateway can answer from memory and stay exact. With 50 gateways and waits of 100 ms, at most 500 checks per second remain. Remember it for that cost and above only. Without the memory, one attacker decides how large a shard has to be.",
  source: cloudflare,
};

export const severalRules: FollowUp = {
  question: "A request matches a per-user and a per-route rule. How do you charge both or neither?",
  modelAnswer:
    "Best: put both keys on one shard and decide in one call; check all, then take all. If they cannot share a shard, take from the scarcer one first, then the other, and refund if the second refuses. That has a price: while the token was out, its bucket may have refilled over the gap, so a refund can return one too many. Each bound grows by what is in flight between take and refund. Not refunding keeps the bound and breaks the promise that refusals cost nothing.",
  source: stripe,
};

export const failover: FollowUp = {
  question: "The store fails over. How many requests too many?",
  modelAnswer:
    "For each key at most one capacity per failover. If the copy lags, the last takes are missing, and the level on the standby is too high by them. If the state is gone, the bucket starts full, which is the same bound. Redis says itself that acknowledged writes can be lost, and that WAIT does not make it strongly consistent. Copying each take before the answer costs a trip to the standby. Where one capacity is too much, such as money or messages, start the bucket empty after a failover.",
  source: redisCluster,
};

export const badRule: FollowUp = {
  question: "A rule with a blank field is pushed to every region. What happens in your design?",
  modelAnswer:
    "Nothing, and that has to be built. The rules service refuses it. A gateway that gets it anyway keeps its last good version and reports it. The push reaches one cell first, dark. An exception in the limiter admits the request within the gateway's budget. A switch turns the rule off without a deployment. After a crash, restarts are spread at random. At Google Cloud in June 2025 such a policy was replicated within seconds, crashed the quota check in every region, and the restarting tasks overloaded their database.",
  source: googleIncident,
};

export const partitionBound: FollowUp = {
  question: "How far over the limit can N nodes go during a partition? Prove it.",
  modelAnswer:
    "With leases, by the tokens that nodes hold when it begins: nodes x lease. Tokens spent in an interval were granted in it or held before it. Grants obey the central bucket: capacity plus rate x t. Holdings are at most one lease per node. It needs three things: granted tokens come back only from a holder that has stopped spending them and whose lease still counts, grants are idempotent, an empty node stops or degrades. With a local fallback add its own bound for each node. With asynchronous counters there is no bound: each node may admit the whole limit while the partition lasts.",
  source: dynamo,
};

export const twoRegions: FollowUp = {
  question: "Two regions, one quota. What do you promise?",
  modelAnswer:
    "A synchronous check across regions costs some 80 ms against a budget of 1. So split the quota into shares, held for an epoch, and move the split with demand. A share is given up before it is granted elsewhere, so the sum never exceeds the quota. During a partition a region keeps its share: safe, with under-use. If refusing paid traffic is worse than overselling, allow a stated oversell and say the bound aloud. Which one it is belongs to the contract and not to the engineer.",
  source: dynamo,
};

export const limiterSlo: FollowUp = {
  question: "What is the limiter's own objective, and what breaks first?",
  modelAnswer:
    "Time added at p99, and the share of decisions made in degraded mode. The API's availability must not depend on the limiter's, so degraded decisions have an error budget and an alert, not an outage. First to break: one hot key on one shard; then connections when all gateways restart; then a bad rule. The bad rule has the largest blast radius, so rules roll out like code: dark first, then a share, with a switch.",
  source: stripe,
};

export const buyOrBuild: FollowUp = {
  question: "Why build this? What would make you buy it, or put it elsewhere?",
  modelAnswer:
    "Buy or use the proxy's limiter when keys are addresses and routes, limits are coarse, and an approximate count per site is enough. Build when keys come from your own data (tenant, plan, cost), or when the quota is sold and must be explained to a customer. Either way keep the rules as data of your own, so that the engine can be replaced. At some 1,300 dollars a month for the machines, the cost that matters is the people who carry the pager.",
  source: cloudflare,
};
