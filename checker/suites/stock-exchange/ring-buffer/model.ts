/** A queue beside the ring, and every short sequence of operations run on both. */

import { ensure, step, violated } from "../../../kit/index.ts";
import { fill, message, messages, numberOf } from "./messages.ts";

export type RingModule = typeof import("../../../../solutions/stock-exchange/ring-buffer.ts");

export interface Shape {
  readonly slots: number;
  readonly slotWords: number;
  readonly startAt?: number;
  /** Of the producer and of the consumer. */
  readonly batches?: readonly [number, number];
}

/** How many messages `pushAll` pushes at once. */
export const AT_ONCE = 2;

export type Operation =
  | "tryPush"
  | "claim and commit"
  | "tryPop"
  | "peek and release"
  | "pushAll"
  | "flush"
  | "give back";

/**
 * Both sides of one ring and the queue that they must agree with. What has to be visible is what the contract says must
 * be; a ring that shows it earlier is right too.
 */
export class Model {
  pushed = 0;
  popped = 0;
  /** Messages that the consumer has to find, and slots that the producer has to find free, counted from the start. */
  #published = 0;
  #released = 0;
  readonly #shape: Shape;
  readonly #producer: InstanceType<RingModule["RingProducer"]>;
  readonly #consumer: InstanceType<RingModule["RingConsumer"]>;
  readonly #log: boolean;

  constructor(module: RingModule, shape: Shape, log: boolean) {
    const { slots, slotWords, startAt = 0, batches } = shape;
    const ring = module.createRing(startAt === 0 ? { slots, slotWords } : { slots, slotWords, startAt });
    this.#shape = shape;
    this.#log = log;
    this.#producer = new module.RingProducer(ring, batches === undefined ? {} : { batch: batches[0] });
    this.#consumer = new module.RingConsumer(ring, batches === undefined ? {} : { batch: batches[1] });
  }

  run(operation: Operation): void {
    const { slotWords } = this.#shape;
    const next = this.pushed + 1;
    if (operation === "tryPush") this.#push(operation, 1, () => this.#producer.tryPush(message(next, slotWords)));
    else if (operation === "claim and commit") this.#push(operation, 1, () => this.#claimAndCommit());
    else if (operation === "pushAll") {
      this.#push(operation, AT_ONCE, () => this.#producer.tryPushAll(messages(next, AT_ONCE, slotWords)));
    } else if (operation === "tryPop") this.#pop(operation, () => this.#tryPop());
    else if (operation === "peek and release") this.#pop(operation, () => this.#peekAndRelease());
    else if (operation === "flush") {
      this.#producer.flush();
      this.#published = this.pushed;
      this.#say("producer.flush()");
    } else {
      this.#consumer.flush();
      this.#released = this.popped;
      this.#say("consumer.flush()");
    }
  }

  /** Everything that was pushed comes out in the end. */
  drain(): void {
    const { batches } = this.#shape;
    if (batches !== undefined) this.run("flush");
    while (this.popped < this.pushed) this.run("tryPop");
    this.run("tryPop");
  }

  #push(name: string, count: number, push: () => boolean): void {
    const accepted = push();
    this.#say(`${name} of ${numbers(this.pushed + 1, count)} -> ${accepted}`);
    const { slots, batches = [1, 1] } = this.#shape;
    const room = slots - (this.pushed - this.popped);
    const roomThatIsDue = slots - (this.pushed - this.#released);
    if (accepted) {
      ensure(room >= count, () => ({
        expected: `false: ${slots} slots, and ${slots - room} of them hold messages that nobody has taken`,
        got: "true",
      }));
      this.pushed += count;
      if (this.pushed - this.#published >= batches[0]) this.#published = this.pushed;
      return;
    }
    ensure(roomThatIsDue < count, () => ({
      expected: `true: of ${slots} slots ${roomThatIsDue} are free`,
      got: "false",
    }));
    // A side that was turned away holds nothing back.
    this.#published = this.pushed;
  }

  #pop(name: string, pop: () => number | null): void {
    const got = pop();
    this.#say(`${name} -> ${got === null ? "nothing" : `message ${got}`}`);
    if (got === null) {
      ensure(this.#published <= this.popped, () => ({
        expected: `message ${this.popped + 1}, which is published`,
        got: "nothing",
      }));
      this.#released = this.popped;
      return;
    }
    ensure(got === this.popped + 1 && got <= this.pushed, () => ({
      expected: this.popped < this.pushed ? `message ${this.popped + 1}` : "nothing: all messages were taken",
      got: `message ${got}`,
    }));
    this.popped++;
    const { batches = [1, 1] } = this.#shape;
    if (this.popped - this.#released >= batches[1]) this.#released = this.popped;
  }

  #claimAndCommit(): boolean {
    const first = this.#producer.claim();
    if (first === -1) return false;
    fill(this.#producer.words, first, this.#shape.slotWords, this.pushed + 1);
    this.#producer.commit();
    return true;
  }

  #tryPop(): number | null {
    const into = new Int32Array(this.#shape.slotWords).fill(-1);
    if (this.#consumer.tryPop(into)) return whole(into, 0, this.#shape.slotWords);
    ensure(
      into.every((word) => word === -1),
      () => ({ expected: "an array left as it was", got: `${into.join(", ")}` }),
    );
    return null;
  }

  #peekAndRelease(): number | null {
    const first = this.#consumer.peek();
    if (first === -1) return null;
    const got = whole(this.#consumer.words, first, this.#shape.slotWords);
    this.#consumer.release();
    return got;
  }

  #say(text: string): void {
    if (this.#log) step(text);
  }
}

/** @throws Violation when the words do not belong to one message. */
export function whole(words: Int32Array, first: number, length: number): number {
  const got = numberOf(words, first, length);
  if (got !== null) return got;
  return violated({
    expected: "a message whose words belong together",
    got: `the words ${words.slice(first, first + length).join(", ")}`,
  });
}

/** Every sequence of up to `longest` operations, the short ones first: the first that fails is among the smallest. */
export function everySequence(
  module: RingModule,
  shape: Shape,
  operations: readonly Operation[],
  longest: number,
): void {
  for (let length = 1; length <= longest; length++) {
    for (let code = 0; code < operations.length ** length; code++) {
      const sequence = Array.from(
        { length },
        (_, i) => operations[Math.floor(code / operations.length ** i) % operations.length]!,
      );
      try {
        play(module, shape, sequence, false);
      } catch {
        describe(shape);
        // Once more, with its steps told.
        play(module, shape, sequence, true);
      }
    }
  }
}

export function describe({ slots, slotWords, startAt, batches }: Shape): void {
  const start = startAt === undefined ? "" : `, startAt: ${startAt}`;
  const sides = batches === undefined ? "" : `; batch of the producer ${batches[0]}, of the consumer ${batches[1]}`;
  step(`createRing({ slots: ${slots}, slotWords: ${slotWords}${start} })${sides}`);
}

function play(module: RingModule, shape: Shape, sequence: readonly Operation[], log: boolean): void {
  const model = new Model(module, shape, log);
  for (const operation of sequence) model.run(operation);
  model.drain();
}

function numbers(first: number, count: number): string {
  return count === 1 ? `message ${first}` : `messages ${first} to ${first + count - 1}`;
}
