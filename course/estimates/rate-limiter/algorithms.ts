import type { Estimate } from "../../estimate.ts";

/** Number.MAX_SAFE_INTEGER, as a figure that the formula can print. */
const safeIntegerMax = 9_007_199_254_740_991;

export const memory: Estimate = {
  id: "memory",
  title: "Memory for every active key, by algorithm",
  decides: "Whether memory forces us to shard (it does not), and what a log costs over a bucket.",
  inputs: [
    { id: "keys", label: "Keys active in one window", value: 10_000_000, unit: "keys", min: 1_000, source: "assumed" },
    { id: "limit", label: "Limit per window", value: 100, unit: "req", min: 1, source: "assumed" },
    { id: "wordBytes", label: "One number", value: 8, unit: "bytes", source: "assumed" },
    {
      id: "keyBytes",
      label: "Key, hash entry and allocator per key (NGINX keeps 128 bytes a key, two numbers included)",
      value: 112,
      unit: "bytes",
      source: "nginx",
    },
    {
      id: "machineBytes",
      label: "Memory of one small machine",
      value: 16_000_000_000,
      unit: "bytes",
      min: 1_000_000_000,
      source: "assumed",
    },
    {
      id: "queueDepth",
      label: "Requests that a queue holds when it is full",
      value: 20,
      unit: "req",
      source: "assumed",
    },
    {
      id: "heldBytes",
      label: "One request that waits (socket, headers)",
      value: 4_096,
      unit: "bytes",
      source: "assumed",
    },
    {
      id: "queueingShare",
      label: "Keys whose queue is full at the same time",
      value: 0.01,
      unit: "",
      source: "assumed",
    },
  ],
  steps: [
    {
      id: "fixedWindowRaw",
      label: "Fixed window: window number, count",
      unit: "bytes",
      formula: "{keys} x 2 x {wordBytes}",
      compute: ({ keys, wordBytes }) => keys! * 2 * wordBytes!,
    },
    {
      id: "slidingCounterRaw",
      label: "Sliding counter: window number, previous, current",
      unit: "bytes",
      formula: "{keys} x 3 x {wordBytes}",
      compute: ({ keys, wordBytes }) => keys! * 3 * wordBytes!,
    },
    {
      id: "tokenBucketRaw",
      label: "Token bucket or meter: level, time of the level",
      unit: "bytes",
      formula: "{keys} x 2 x {wordBytes}",
      compute: ({ keys, wordBytes }) => keys! * 2 * wordBytes!,
    },
    {
      id: "slidingLogRaw",
      label: "Sliding log: one time stamp for each admission",
      unit: "bytes",
      formula: "{keys} x {limit} x {wordBytes}",
      compute: ({ keys, limit, wordBytes }) => keys! * limit! * wordBytes!,
    },
    {
      id: "queueHeld",
      label: "Leaky queue: the requests that wait in it",
      unit: "bytes",
      formula: "{keys} x {queueingShare} x {queueDepth} x {heldBytes}",
      compute: ({ keys, queueingShare, queueDepth, heldBytes }) => keys! * queueingShare! * queueDepth! * heldBytes!,
    },
    {
      id: "keyOverhead",
      label: "What every algorithm pays for the keys themselves",
      unit: "bytes",
      formula: "{keys} x {keyBytes}",
      compute: ({ keys, keyBytes }) => keys! * keyBytes!,
    },
    {
      id: "tokenBucketTotal",
      label: "Token bucket, all in",
      unit: "bytes",
      formula: "{tokenBucketRaw} + {keyOverhead}",
      compute: ({ tokenBucketRaw, keyOverhead }) => tokenBucketRaw! + keyOverhead!,
    },
    {
      id: "slidingLogTotal",
      label: "Sliding log, all in",
      unit: "bytes",
      formula: "{slidingLogRaw} + {keyOverhead}",
      compute: ({ slidingLogRaw, keyOverhead }) => slidingLogRaw! + keyOverhead!,
    },
    {
      id: "logRatio",
      label: "Log over bucket, all in",
      unit: "x",
      formula: "{slidingLogTotal} / {tokenBucketTotal}",
      compute: ({ slidingLogTotal, tokenBucketTotal }) => slidingLogTotal! / tokenBucketTotal!,
    },
    {
      id: "keysOneMachine",
      label: "Break-even: buckets that fill one machine",
      unit: "keys",
      formula: "{machineBytes} x {keys} / {tokenBucketTotal}",
      compute: ({ machineBytes, keys, tokenBucketTotal }) => (machineBytes! * keys!) / tokenBucketTotal!,
    },
    {
      id: "limitOneMachine",
      label: "Break-even: limit at which the logs fill one machine",
      unit: "req",
      formula: "({machineBytes} / {keys} - {keyBytes}) / {wordBytes}, rounded down",
      compute: ({ machineBytes, keys, keyBytes, wordBytes }) =>
        Math.floor((machineBytes! / keys! - keyBytes!) / wordBytes!),
    },
  ],
};

export const boundaryBurst: Estimate = {
  id: "boundary-burst",
  title: "What a fixed window lets through across its boundary",
  decides: "Whether a fixed window is good enough: it is if the protected system survives twice the limit at once.",
  inputs: [
    { id: "limit", label: "Limit per window", value: 100, unit: "req", min: 1, source: "assumed" },
    { id: "windowMs", label: "Window", value: 60_000, unit: "ms", min: 1, source: "assumed" },
    { id: "gapMs", label: "The two seconds around the boundary", value: 2_000, unit: "ms", min: 1, source: "assumed" },
    { id: "survives", label: "What the protected service survives at once", value: 150, unit: "req", source: "assumed" },
  ],
  steps: [
    {
      id: "burst",
      label: "Admitted around the boundary",
      unit: "req",
      formula: "2 x {limit}",
      compute: ({ limit }) => 2 * limit!,
    },
    {
      id: "fair",
      label: "What the average rate would give in that time",
      unit: "req",
      formula: "{limit} x {gapMs} / {windowMs}",
      compute: ({ limit, gapMs, windowMs }) => (limit! * gapMs!) / windowMs!,
    },
    {
      id: "peak",
      label: "Momentary rate over the average rate",
      unit: "x",
      formula: "{burst} / {fair}",
      compute: ({ burst, fair }) => burst! / fair!,
    },
    {
      id: "safeLimit",
      label: "Break-even: largest limit that a fixed window may have",
      unit: "req",
      formula: "{survives} / 2, rounded down",
      compute: ({ survives }) => Math.floor(survives! / 2),
    },
  ],
};

export const slidingCounter: Estimate = {
  id: "sliding-counter",
  title: "The sliding counter's estimate, and how far it can be off",
  decides: "Whether an approximation will do: the bound says by how much it can be wrong, not how often it is.",
  inputs: [
    { id: "limit", label: "Limit per window", value: 100, unit: "req", min: 1, source: "assumed" },
    { id: "windowMs", label: "Window", value: 60_000, unit: "ms", min: 2, source: "assumed" },
    { id: "previous", label: "Admitted in the previous window", value: 80, unit: "req", min: 0, source: "assumed" },
    { id: "current", label: "Admitted in the current window", value: 40, unit: "req", min: 0, source: "assumed" },
    {
      id: "elapsedMs",
      label: "Time since the current window began",
      value: 30_000,
      unit: "ms",
      min: 0,
      source: "assumed",
    },
    { id: "survives", label: "What the protected service survives at once", value: 150, unit: "req", source: "assumed" },
  ],
  steps: [
    {
      id: "overlap",
      label: "Share of the previous window still inside the last window's length",
      unit: "",
      formula: "({windowMs} - {elapsedMs}) / {windowMs}",
      compute: ({ windowMs, elapsedMs }) => (windowMs! - elapsedMs!) / windowMs!,
    },
    {
      id: "estimate",
      label: "Estimate",
      unit: "req",
      formula: "{current} + {previous} x {overlap}",
      compute: ({ current, previous, overlap }) => current! + previous! * overlap!,
    },
    {
      id: "room",
      label: "Still admitted",
      unit: "req",
      formula: "{limit} - {estimate}, rounded down",
      compute: ({ limit, estimate }) => Math.floor(limit! - estimate!),
    },
    {
      id: "countedTooMuch",
      label: "Most that the estimate can lie above the log (all of the previous window came early)",
      unit: "req",
      formula: "{previous} x {overlap}",
      compute: ({ previous, overlap }) => previous! * overlap!,
    },
    {
      id: "countedTooLittle",
      label: "Most that the estimate can lie below the log (all of the previous window came late)",
      unit: "req",
      formula: "{previous} x (1 - {overlap})",
      compute: ({ previous, overlap }) => previous! * (1 - overlap!),
    },
    {
      id: "worstWindow",
      label: "Most admitted in any interval of one window's length",
      unit: "req",
      formula: "{limit} + {limit} x ({windowMs} - 2) / {windowMs}, rounded down",
      compute: ({ limit, windowMs }) => limit! + Math.floor((limit! * (windowMs! - 2)) / windowMs!),
    },
    {
      id: "digestMs",
      label: "Break-even: time in which the service must have digested what it survives at once",
      unit: "ms",
      formula: "({survives} - {limit}) x {windowMs} / {limit}",
      compute: ({ survives, limit, windowMs }) => ((survives! - limit!) * windowMs!) / limit!,
    },
  ],
};

export const tokenBucket: Estimate = {
  id: "token-bucket",
  title: "What a token bucket admits in an interval",
  decides: "The capacity: it is the burst that the protected system must survive, on top of the rate.",
  inputs: [
    { id: "capacity", label: "Capacity", value: 20, unit: "req", min: 1, source: "assumed" },
    { id: "ratePerSecond", label: "Refill", value: 10, unit: "req/s", min: 0.001, source: "assumed" },
    { id: "intervalSeconds", label: "Interval", value: 60, unit: "s", min: 0, source: "assumed" },
    {
      id: "survivesPerSecond",
      label: "What the protected service survives from one client in a second",
      value: 50,
      unit: "req",
      source: "assumed",
    },
  ],
  steps: [
    {
      id: "refilled",
      label: "Refilled in the interval",
      unit: "req",
      formula: "{ratePerSecond} x {intervalSeconds}",
      compute: ({ ratePerSecond, intervalSeconds }) => ratePerSecond! * intervalSeconds!,
    },
    {
      id: "bound",
      label: "Most admitted in the interval",
      unit: "req",
      formula: "{capacity} + {refilled}",
      compute: ({ capacity, refilled }) => capacity! + refilled!,
    },
    {
      id: "overRate",
      label: "Above the plain rate",
      unit: "%",
      formula: "100 x {capacity} / {refilled}",
      compute: ({ capacity, refilled }) => (100 * capacity!) / refilled!,
    },
    {
      id: "fillSeconds",
      label: "From empty to full",
      unit: "s",
      formula: "{capacity} / {ratePerSecond}",
      compute: ({ capacity, ratePerSecond }) => capacity! / ratePerSecond!,
    },
    {
      id: "largestCapacity",
      label: "Break-even: largest capacity that the service survives",
      unit: "req",
      formula: "{survivesPerSecond} - {ratePerSecond} x 1",
      compute: ({ survivesPerSecond, ratePerSecond }) => survivesPerSecond! - ratePerSecond!,
    },
  ],
};

export const integers: Estimate = {
  id: "integers",
  title: "Do exact integers fit into a double?",
  decides:
    "How the bucket is stored: a level in fractions of a token fits; an absolute time in the same unit does not.",
  inputs: [
    { id: "capacity", label: "Largest capacity", value: 1_000_000, unit: "req", source: "assumed" },
    { id: "windowMs", label: "Longest window (a day)", value: 86_400_000, unit: "ms", source: "assumed" },
    {
      id: "nowMs",
      label: "Wall clock, milliseconds since 1970",
      value: 1_800_000_000_000,
      unit: "ms",
      source: "assumed",
    },
  ],
  steps: [
    {
      id: "levelMax",
      label: "Full bucket, in units of one token / window",
      unit: "",
      formula: "{capacity} x {windowMs}",
      compute: ({ capacity, windowMs }) => capacity! * windowMs!,
    },
    {
      id: "headroom",
      label: "Largest exact integer over that",
      unit: "x",
      formula: `${safeIntegerMax} / {levelMax}`,
      compute: ({ levelMax }) => safeIntegerMax / levelMax!,
    },
    {
      id: "limitMax",
      label: "Largest limit for which now x limit is exact",
      unit: "req",
      formula: `${safeIntegerMax} / {nowMs}, rounded down`,
      compute: ({ nowMs }) => Math.floor(safeIntegerMax / nowMs!),
    },
  ],
};
