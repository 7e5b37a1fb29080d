import { type BookEvent, eventsInto } from "../../../given/stock-exchange/book-events.ts";
import { Digest } from "../../../given/stock-exchange/digest.ts";
import { apply, type Command, type NewOrder, type SelfTradePolicy } from "../../../given/stock-exchange/orders.ts";
import { createRandom } from "../../../sim/prng.ts";
import { OrderBook } from "../../../solutions/stock-exchange/order-book.ts";
import type { LabModel } from "../kit/session.ts";
import { band, type Flow, nextCommand, orderOf, you } from "./flow.ts";

/**
 * The reference's book under a seeded flow of orders, the reader's own among them. Everything that happens is in a log.
 */

export interface Params {
  /** Who yields when an account meets itself. */
  readonly selfTrade: SelfTradePolicy;
}

export const defaults: Params = { selfTrade: "cancel-incoming" };

/** What the reader fills in. */
export type Ticket = Pick<NewOrder, "side" | "kind" | "priceTicks" | "quantity" | "timeInForce" | "postOnly">;

export type Action =
  | { readonly kind: "submit"; readonly ticket: Ticket; readonly guess: Outcome | null }
  | { readonly kind: "cancel"; readonly orderId: number }
  | { readonly kind: "replace"; readonly orderId: number; readonly priceTicks: number; readonly quantity: number }
  | { readonly kind: "flow"; readonly on: boolean };

/** How an order can end its first moment: the six answers of the prediction. */
export type Outcome = "whole" | "part-rests" | "part-canceled" | "rests" | "canceled" | "rejected";

export interface Entry {
  /** Of the command that caused it: 1, 2, 3 and so on. */
  readonly sequence: number;
  readonly event: BookEvent;
  readonly isYours: boolean;
}

/** The reader's last command and what came of it. */
export interface Answer {
  readonly command: Command;
  readonly events: readonly BookEvent[];
  readonly outcome: Outcome | null;
  readonly guess: Outcome | null;
}

export interface State {
  nowMs: number;
  readonly params: Params;
  readonly book: OrderBook;
  /** What the book has said in the command that runs. */
  readonly said: BookEvent[];
  readonly flow: Flow;
  isFlowing: boolean;
  nextId: number;
  /** Every command so far, in its place: `commands[0]` is number 1. */
  readonly commands: Command[];
  /** The latest events, oldest first. */
  readonly tape: Entry[];
  eventCount: number;
  readonly eventDigest: Digest;
  /** Ids of open orders, and whose they are. */
  readonly owners: Map<number, number>;
  answer: Answer | null;
  readonly guesses: { right: number; all: number };
}

const tapeLength = 60;
export const runMs = 120_000;

export const model: LabModel<State, Params, Action> = {
  stepMs: 50,

  init(seed, params) {
    const said: BookEvent[] = [];
    const state: State = {
      nowMs: 0,
      params,
      book: new OrderBook({ ...band, selfTrade: params.selfTrade, events: eventsInto((event) => said.push(event)) }),
      said,
      flow: { random: createRandom(seed).fork("flow"), anchorTicks: 1000, ids: [] },
      isFlowing: true,
      nextId: 1,
      commands: [],
      tape: [],
      eventCount: 0,
      eventDigest: new Digest(),
      owners: new Map(),
      answer: null,
      guesses: { right: 0, all: 0 },
    };
    for (let i = 0; i < 90; i += 1) flowOnce(state);
    openYours(state);
    return state;
  },

  step(state) {
    state.nowMs += model.stepMs;
    // Draws even while the flow rests, so that switching it does not shift what comes later.
    const comes = state.flow.random.chance(0.45);
    if (state.isFlowing && comes) flowOnce(state);
    return state;
  },

  act(state, action) {
    if (action.kind === "flow") state.isFlowing = action.on;
    else if (action.kind === "submit") send(state, action.ticket, action.guess);
    else {
      const command = commandOf(action);
      state.answer = { command, events: run(state, command), outcome: null, guess: null };
    }
    return state;
  },

  isDone: (state) => state.nowMs >= runMs,
};

/** The orders of one price, first in line first, with the reader's marked. */
export function lineAt(state: State, priceTicks: number) {
  return state.book.ordersAt(priceTicks).map((order) => ({ ...order, isYours: order.accountId === you }));
}

/** The reader's open orders with their place in line. */
export function yours(state: State) {
  return [...state.owners]
    .filter(([, account]) => account === you)
    .flatMap(([orderId]) => {
      const order = state.book.snapshot().find((each) => each.orderId === orderId);
      if (order === undefined) return [];
      const line = state.book.ordersAt(order.priceTicks);
      const place = line.findIndex((each) => each.orderId === orderId);
      const ahead = line.slice(0, place).reduce((sum, each) => sum + each.quantity, 0);
      return [{ ...order, place: place + 1, of: line.length, ahead }];
    });
}

export interface Replay {
  readonly commands: number;
  readonly stateHash: string;
  readonly eventHash: string;
}

/** Runs a log into a fresh book, all of it or all but one command. */
export function replay(commands: readonly Command[], { selfTrade }: Params, without?: number): Replay {
  const digest = new Digest();
  const book = new OrderBook({ ...band, selfTrade, events: eventsInto((event) => addEvent(digest, event)) });
  let count = 0;
  commands.forEach((command, index) => {
    if (index + 1 === without) return;
    count += 1;
    apply(book, command);
  });
  return { commands: count, stateHash: book.stateHash(), eventHash: digest.toString() };
}

/** The hashes of the live book, as `replay` computes them. */
export function live(state: State): Replay {
  return {
    commands: state.commands.length,
    stateHash: state.book.stateHash(),
    eventHash: state.eventDigest.toString(),
  };
}

/** What came of a new order, from its events. */
export function outcomeOf(orderId: number, events: readonly BookEvent[]): Outcome {
  const traded = events.some((event) => event.type === "traded" && event.takerOrderId === orderId);
  const last = events.findLast((event) => event.type !== "traded" && event.orderId === orderId);
  if (last?.type === "rejected") return "rejected";
  if (last?.type === "rested") return traded ? "part-rests" : "rests";
  if (last?.type === "canceled") return traded ? "part-canceled" : "canceled";
  return "whole";
}

// --- internal ---

/** Two orders of the reader's, so that the first picture has a place in line to lose. */
function openYours(state: State): void {
  const { bestBidTicks, bestAskTicks } = state.book;
  const resting = { kind: "limit", timeInForce: "good-till-cancel", postOnly: false } as const;
  const tickets: Ticket[] = [
    { ...resting, side: "buy", priceTicks: bestBidTicks ?? 999, quantity: 6 },
    { ...resting, side: "sell", priceTicks: (bestAskTicks ?? 1001) + 3, quantity: 8 },
  ];
  for (const ticket of tickets) run(state, newOrder(state, ticket));
}

function flowOnce(state: State): void {
  const id = state.nextId;
  const command = nextCommand(state.flow, state.book, (orderId) => state.owners.has(orderId), id);
  if (command.type === "submit") state.nextId += 1;
  run(state, command);
}

function send(state: State, ticket: Ticket, guess: Outcome | null): void {
  const command = newOrder(state, ticket);
  const events = run(state, command);
  const outcome = outcomeOf(command.order.orderId, events);
  if (guess !== null) {
    state.guesses.all += 1;
    if (guess === outcome) state.guesses.right += 1;
  }
  state.answer = { command, events, outcome, guess };
}

function newOrder(state: State, ticket: Ticket): Extract<Command, { type: "submit" }> {
  const orderId = state.nextId;
  state.nextId += 1;
  return { type: "submit", order: orderOf({ ...ticket, orderId }) };
}

function commandOf(action: Extract<Action, { kind: "cancel" | "replace" }>): Command {
  return action.kind === "cancel"
    ? { type: "cancel", orderId: action.orderId }
    : { type: "replace", orderId: action.orderId, priceTicks: action.priceTicks, quantity: action.quantity };
}

/** Gives the command its number and the book its turn, and keeps what the book said. */
function run(state: State, command: Command): readonly BookEvent[] {
  state.commands.push(command);
  if (command.type === "submit") state.owners.set(command.order.orderId, command.order.accountId);
  const mine = idOf(command);
  const before = new Map(state.owners);
  apply(state.book, command);
  const events = state.said.splice(0);
  for (const event of events) {
    addEvent(state.eventDigest, event);
    const isYours = idsIn(event).some((id) => before.get(id) === you);
    state.tape.push({ sequence: state.commands.length, event, isYours });
  }
  state.eventCount += events.length;
  if (state.tape.length > tapeLength) state.tape.splice(0, state.tape.length - tapeLength);
  forgetClosed(state, [mine, ...events.flatMap(idsIn)]);
  return events;
}

function forgetClosed(state: State, ids: readonly number[]): void {
  const touched = new Set(ids);
  if (touched.size === 0) return;
  const open = new Set(state.book.snapshot().map(({ orderId }) => orderId));
  for (const id of touched) if (!open.has(id)) state.owners.delete(id);
}

function idOf(command: Command): number {
  return command.type === "submit" ? command.order.orderId : command.orderId;
}

function idsIn(event: BookEvent): number[] {
  return event.type === "traded" ? [event.makerOrderId, event.takerOrderId] : [event.orderId];
}

const eventCodes = { rested: 1, traded: 2, canceled: 3, reduced: 4, rejected: 5 } as const;

/** Kind, ids, price and lots: reasons and sides follow from the commands. */
function addEvent(digest: Digest, event: BookEvent): void {
  digest.add(eventCodes[event.type]);
  for (const id of idsIn(event)) digest.add(id);
  if ("priceTicks" in event) digest.add(event.priceTicks);
  if ("quantity" in event) digest.add(event.quantity);
}
