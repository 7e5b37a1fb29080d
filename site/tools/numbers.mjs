#!/usr/bin/env node
/**
 * `npm run numbers`: the reader's own machine beside the page docs/numbers.mdx. Each line is the median of several
 * rounds, with the spread from the fastest to the slowest of the middle half. Needs nothing but Node; writes one
 * temporary file and removes it.
 */
import { createHash, randomBytes } from "node:crypto";
import { closeSync, fdatasyncSync, fstatSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { connect, createServer } from "node:net";
import { arch, cpus, loadavg, platform, tmpdir } from "node:os";
import path from "node:path";

const rounds = 15;
/** A round runs at least this long: far above the resolution of the clock. */
const roundMs = 40;
/** The middle half of the rounds spans more than this share of the median: do not trust the digits. */
const wideSpread = 0.25;

const kib = 1024;
const mib = 1024 * kib;
/** Results go here, so that no work can be optimized away. */
let sink = 0;
/** Of the random numbers. */
let state = 0x9e3779b9;

const [cpu] = cpus();
console.log(
  `${cpu?.model.trim() ?? "unknown processor"}, ${cpus().length} logical cores, ${platform()} ` +
    `${arch()}, Node ${process.version}`,
);
const load = loadavg()[0];
if (load > cpus().length / 2)
  console.log(`Load is ${load.toFixed(1)}: others are working on this machine, and the figures will show it.`);
console.log("");

section("Memory");
report("read, each waits for the last, 16 KiB (first cache)", chase(16 * kib));
report("read, each waits for the last, 512 KiB", chase(512 * kib));
report("read, each waits for the last, 256 MiB", chase(256 * mib));
report("read in sequence, 256 MiB", sequentialRead(256 * mib), { bytes: 256 * mib });
report("copy, 64 MiB", copy(64 * mib), { bytes: 64 * mib });

section("Work");
report("system call (fstat, through Node)", systemCall());
report("SHA-256 of 64 bytes", sha256(64));
report("SHA-256 of 1 MiB", sha256(mib), { bytes: mib });
const json = JSON.stringify(
  Array.from({ length: 4000 }, (_, id) => ({ id, name: `user ${id}`, active: id % 2 === 0 })),
);
report("JSON, parse", () => JSON.parse(json).length, { bytes: json.length });
const value = JSON.parse(json);
report("JSON, print", () => JSON.stringify(value).length, { bytes: json.length });

section("Storage, in the folder for temporary files");
const folder = mkdtempSync(path.join(tmpdir(), "backpressure-numbers-"));
const file = openSync(path.join(folder, "data"), "w+");
const page = randomBytes(8 * kib);
try {
  for (let at = 0; at < 64 * mib; at += page.length) writeSync(file, page, 0, page.length, at);
  let turn = 0;
  report("write 8 KiB into the page cache", () => writeSync(file, page, 0, page.length, (turn++ % 8192) * page.length));
  report("write 8 KiB and flush (fdatasync)", () => {
    writeSync(file, page, 0, page.length, (turn++ % 8192) * page.length);
    fdatasyncSync(file);
    return turn;
  });
  const into = Buffer.alloc(8 * kib);
  report("read 8 KiB at random, from the page cache", () =>
    readSync(file, into, 0, into.length, (nextRandom() % 8192) * into.length),
  );
} finally {
  closeSync(file);
  rmSync(folder, { recursive: true, force: true });
}

section("Network, on this machine alone");
await echo();
console.log(
  `\nA temporary folder in memory (tmpfs) makes flushes look free; set TMPDIR to a folder on the drive you mean.`,
);
if (Number.isNaN(sink)) console.log("The sum of all work is not a number; a measurement above is wrong.");

// --- internal ---

/**
 * Prints the time of one call of `work`, and bytes a second where it moves `bytes`. `work.perCall` operations count as
 * many.
 */
function report(name, work, { bytes } = {}) {
  const perCall = work.perCall ?? 1;
  // Once for the optimizing compiler, once to learn how many calls fill a round.
  timeOf(work, 1);
  let calls = 1;
  while (timeOf(work, calls) < roundMs && calls < 2 ** 24) calls *= 2;
  const samples = Array.from({ length: rounds }, () => (timeOf(work, calls) * 1e6) / calls / perCall).sort(
    (a, b) => a - b,
  );
  print(name, samples, bytes);
}

function print(name, sorted, bytes) {
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  const [low, median, high] = [at(0.25), at(0.5), at(0.75)];
  const rate = bytes === undefined ? "" : `  ${size((bytes / median) * 1e9)}/s`;
  const doubt = (high - low) / median > wideSpread ? "  wide: believe the magnitude only" : "";
  console.log(`  ${name.padEnd(52)} ${time(median).padStart(9)}  (${time(low)} to ${time(high)})${rate}${doubt}`);
}

/** Milliseconds of `calls` calls. */
function timeOf(work, calls) {
  const started = performance.now();
  for (let i = 0; i < calls; i += 1) sink += work();
  return performance.now() - started;
}

/** A walk in which every address comes out of the read before: one cycle through all cache lines, in random order. */
function chase(bytes) {
  const perLine = 16;
  const lines = bytes / 64;
  const order = Uint32Array.from({ length: lines }, (_, line) => line);
  for (let i = lines - 1; i > 0; i -= 1) {
    const j = nextRandom() % (i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  const next = new Uint32Array(lines * perLine);
  for (let i = 0; i < lines; i += 1) next[order[i] * perLine] = order[(i + 1) % lines] * perLine;
  let at = 0;
  const perCall = 10_000;
  const work = () => {
    for (let i = 0; i < perCall; i += 1) at = next[at];
    return at;
  };
  return Object.assign(work, { perCall });
}

function sequentialRead(bytes) {
  const words = new Float64Array(bytes / 8).fill(1);
  return () => {
    // Four sums, so that additions need not wait for each other.
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = 0; i < words.length; i += 4) {
      a += words[i];
      b += words[i + 1];
      c += words[i + 2];
      d += words[i + 3];
    }
    return a + b + c + d;
  };
}

function copy(bytes) {
  const from = new Uint8Array(bytes).fill(1);
  const to = new Uint8Array(bytes);
  return () => {
    to.set(from);
    return to[0];
  };
}

function systemCall() {
  const handle = openSync(process.execPath, "r");
  return () => fstatSync(handle).nlink;
}

function sha256(bytes) {
  const data = randomBytes(bytes);
  return () => createHash("sha256").update(data).digest()[0];
}

/** Round trips of 64 bytes over one TCP connection, one at a time. */
async function echo() {
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    socket.pipe(socket);
  }).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const socket = connect(server.address().port, "127.0.0.1").setNoDelay(true);
  await new Promise((done) => socket.once("connect", done));
  const message = Buffer.alloc(64);
  const times = [];
  for (let i = 0; i < 5_000; i += 1) {
    const started = performance.now();
    const back = new Promise((done) => socket.once("data", done));
    socket.write(message);
    await back;
    if (i >= 1_000) times.push((performance.now() - started) * 1e6);
  }
  socket.destroy();
  server.close();
  print(
    "TCP echo of 64 bytes, both ends in this process",
    times.sort((a, b) => a - b),
  );
}

/** xorshift32: reproducible, and cheap beside a cache miss. */
function nextRandom() {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state >>> 0;
}

function section(title) {
  console.log(title);
}

function time(ns) {
  if (ns < 1_000) return `${ns.toPrecision(3)} ns`;
  if (ns < 1_000_000) return `${(ns / 1_000).toPrecision(3)} µs`;
  return `${(ns / 1_000_000).toPrecision(3)} ms`;
}

function size(bytes) {
  return bytes > 1e9 ? `${(bytes / 2 ** 30).toPrecision(3)} GiB` : `${(bytes / 2 ** 20).toPrecision(3)} MiB`;
}
