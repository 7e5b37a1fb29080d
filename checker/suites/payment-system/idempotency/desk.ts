/** The world of one case: a database, a clock, a provider that charges once per downstream key, and processes. */

import type { SqlSession } from "../../../../given/common/sql.ts";
import type {
  Answer,
  IdempotencyOptions,
  Outcome,
  PaymentRequest,
  Work,
} from "../../../../solutions/payment-system/idempotency.ts";
import { ensure, freshDatabase, type SqlClient, show, step, subject, type TestDatabase } from "../../../kit/index.ts";

export type Subject = typeof import("../../../../solutions/payment-system/idempotency.ts");

export const { decide, Idempotency, schema } = await subject<Subject>();

export const LEASE_MS = 30_000;
export const RETENTION_MS = 86_400_000;
/** 2026-01-01, in milliseconds: an ordinary reading of a clock. */
const START = 1_767_225_600_000;

/** What `record` leaves behind. */
const EFFECTS = "CREATE TABLE effects (merchant text, key text, status integer)";

const database = await freshDatabase(`${schema()}; ${EFFECTS}`);

const encoder = new TextEncoder();
export const bytes = (text: string): Uint8Array => encoder.encode(text);

export const requestOf = (fields: Partial<PaymentRequest> = {}): PaymentRequest => ({
  merchant: "m1",
  key: "k1",
  endpoint: "POST /v1/charges",
  body: bytes('{"amount":1099,"currency":"EUR"}'),
  ...fields,
});

interface Call {
  readonly downstreamKey: string;
  readonly request: PaymentRequest;
}

export type Handler = InstanceType<Subject["Idempotency"]>;

type Times = Pick<IdempotencyOptions, "leaseMs" | "retentionMs">;

const USUAL: Times = { leaseMs: LEASE_MS, retentionMs: RETENTION_MS };

/** One process: an instance, and what its work does. */
export interface Teller extends Handler {
  readonly client: SqlClient;
  readonly work: Work;
  /** As `handle`, with the work of this desk. */
  readonly send: (request?: PaymentRequest) => Promise<Outcome>;
}

export class Desk {
  readonly database: TestDatabase = database;
  now = START;
  /** Of the provider, in order; `charges` are those that were not repeats. */
  readonly calls: Call[] = [];
  readonly charges: Call[] = [];
  answer: (request: PaymentRequest, charge: number) => Answer = (_, charge) => ({
    status: 201,
    body: bytes(`{"id":"ch_${charge}"}`),
  });
  refusal: (request: PaymentRequest) => Answer | null = () => null;
  /** Called while the provider is called, after it has charged. */
  during: () => Promise<void> = async () => {};
  /** Called in the transaction of the effect. */
  recording: (session: SqlSession) => Promise<void> = async () => {};
  readonly #answers = new Map<string, Answer>();
  /** All that `newId` has given out. */
  readonly #ids = new Set<string>();

  /** An empty database. */
  static async open(): Promise<Desk> {
    await database.empty();
    return new Desk();
  }

  teller(client: SqlClient = database.client(), times: Times = USUAL): Teller {
    const idempotency = new Idempotency({
      database: client.database,
      clock: () => this.now,
      newId: () => this.#newId(),
      ...times,
    });
    const work: Work = {
      validate: (request) => this.refusal(request),
      call: (downstreamKey, request) => client.call("call", () => this.#charge(downstreamKey, request)),
      record: async (session, { status }, { merchant, key }) => {
        await this.recording(session);
        await session.query("INSERT INTO effects VALUES ($1, $2, $3)", [merchant, key, status]);
      },
    };
    const send = (request = requestOf()): Promise<Outcome> => idempotency.handle(request, work);
    return Object.assign(idempotency, { client, work, send });
  }

  #newId(): string {
    const id = `id-${this.#ids.size + 1}`;
    this.#ids.add(id);
    return id;
  }

  /** A process that dies when its call has taken effect. */
  async abandon(request: PaymentRequest, times?: Times): Promise<void> {
    const client = database.client();
    const { during } = this;
    this.during = async () => {
      this.during = during;
      await client.kill();
    };
    await client.run(() => this.teller(client, times).send(request));
    step(`a process dies after the call for ${show(request.key)}`);
  }

  async #charge(downstreamKey: string, given: PaymentRequest): Promise<Answer> {
    const request = { ...given, body: Uint8Array.from(given.body) };
    this.calls.push({ downstreamKey, request });
    let answer = this.#answers.get(downstreamKey);
    if (answer === undefined) {
      this.charges.push({ downstreamKey, request });
      answer = this.answer(request, this.charges.length);
      this.#answers.set(downstreamKey, answer);
    }
    await this.during();
    return { ...answer, body: Uint8Array.from(answer.body) };
  }

  async effects(key?: string): Promise<number> {
    const { rows } = await database.query<{ n: number }>(
      "SELECT count(*)::integer AS n FROM effects WHERE $1::text IS NULL OR key = $1",
      [key ?? null],
    );
    return rows[0]!.n;
  }

  async stored(): Promise<number> {
    const { rows } = await database.query<{ n: number }>("SELECT count(*)::integer AS n FROM idempotency_keys");
    return rows[0]!.n;
  }

  /** The one request that was sent has taken effect once. */
  async ensureOnce(what: string): Promise<void> {
    const effects = await this.effects();
    ensure(effects === 1, () => ({ expected: `one effect ${what}`, got: `${effects} in the database` }));
    const keys = new Set(this.calls.map(({ downstreamKey }) => downstreamKey));
    ensure(keys.size === 1 && this.charges.length === 1, () => ({
      expected: `one downstream key ${what}, so that the provider charges once`,
      got: `${keys.size}: ${show([...keys])}`,
    }));
    this.ensureKeysFromSource();
  }

  ensureKeysFromSource(): void {
    for (const { downstreamKey } of this.calls) {
      ensure(this.#ids.has(downstreamKey), () => ({
        expected: "a downstream key that `newId` has given out",
        got: show(downstreamKey),
      }));
    }
  }
}

export function ensureAnswered(outcome: Outcome, expected: Answer | null, what: string): Answer {
  ensure(outcome.kind === "answered", () => ({ expected: `an answer ${what}`, got: show(outcome) }));
  const { answer } = outcome as Extract<Outcome, { kind: "answered" }>;
  if (expected !== null) {
    ensure(sameAnswer(answer, expected), () => ({
      expected: `${show(expected)} ${what}`,
      got: show(answer),
    }));
  }
  return answer;
}

export function ensureKind(outcome: Outcome, kinds: readonly Outcome["kind"][], what: string): void {
  ensure(kinds.includes(outcome.kind), () => ({ expected: `${kinds.join(" or ")} ${what}`, got: show(outcome) }));
}

export function sameAnswer(left: Answer, right: Answer): boolean {
  return left.status === right.status && Buffer.from(left.body).equals(Buffer.from(right.body));
}

/** Tells a step and what came of it. */
export async function told(text: string, outcome: Promise<Outcome>): Promise<Outcome> {
  const result = await outcome;
  step(`${text} -> ${result.kind}${result.kind === "answered" ? ` ${result.answer.status}` : ""}`);
  return result;
}
