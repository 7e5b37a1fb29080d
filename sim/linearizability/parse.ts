import { type History, HistoryRecorder } from "./history.ts";
import type { CasRegisterInput, CasRegisterOutput, KeyValueInput } from "./models.ts";

type Recorder<I, O> = HistoryRecorder<I, O>;

/**
 * Reads the log of a Jepsen register test: lines such as `INFO  jepsen.util - 3 :invoke :cas [1 2]`, one event each, in
 * the order in which they happened. An `:info` line, or the end of the log, leaves an operation's outcome unknown.
 * `:fail :cas` is an answer (the value was another one); any other `:fail` means no effect. Lines that are not from
 * `jepsen.util` are skipped; one that is and cannot be read throws, since a half-read history proves nothing.
 */
export function parseJepsenRegister(text: string): History<CasRegisterInput, CasRegisterOutput> {
  const event = /^INFO\s+jepsen\.util\s+-\s+(\S+)\s+:(invoke|ok|fail|info)\s+:(read|write|cas)\s+(.+?)\s*$/;
  return parseLines<CasRegisterInput, CasRegisterOutput>(text, /jepsen\.util/, event, {
    input(op, argument) {
      if (op === "read") return { op };
      if (op === "write") return { op, value: number(argument) };
      const pair = /^\[(-?\d+)\s+(-?\d+)\]$/.exec(argument);
      if (op !== "cas" || !pair) throw new SyntaxError(`cannot read the argument of ${op}: ${argument}`);
      return { op, from: Number(pair[1]), to: Number(pair[2]) };
    },
    output: (op, argument) =>
      op === "read" ? (argument === "nil" ? null : number(argument)) : op === "cas" ? true : undefined,
    refused: (op, argument) => (op === "cas" && argument.startsWith("[") ? { output: false } : null),
  });
}

/**
 * Reads a key-value log: lines such as `{:process 0, :type :invoke, :f :append, :key "4", :value "x"}`, one event each,
 * in order. For use with the model `keyValue("")`.
 */
export function parseKeyValue(text: string): History<KeyValueInput, string | null | undefined> {
  const event =
    /^\{:process (\S+), :type :(invoke|ok|fail|info), :f :(get|put|append), :key ("(?:.*)", :value .*)\}\s*$/;
  const parts = (rest: string): [key: string, value: string] => {
    const match = /^"(.*)", :value (?:nil|"(.*)")$/.exec(rest);
    if (!match) throw new SyntaxError(`cannot read key and value: ${rest}`);
    return [match[1]!, match[2] ?? ""];
  };
  return parseLines<KeyValueInput, string | null | undefined>(text, /\S/, event, {
    input(op, argument) {
      const [key, value] = parts(argument);
      return op === "get" ? { op, key } : { op: op as "put" | "append", key, value };
    },
    output: (op, argument) => (op === "get" ? parts(argument)[1] : undefined),
    refused: () => null,
  });
}

interface Dialect<I, O> {
  input(op: string, argument: string): I;
  output(op: string, argument: string): O;
  /** The answer that a `:fail` line carries, or null if it means that nothing happened. */
  refused(op: string, argument: string): { output: O } | null;
}

function parseLines<I, O>(text: string, relevant: RegExp, event: RegExp, dialect: Dialect<I, O>): History<I, O> {
  const recorder: Recorder<I, O> = new HistoryRecorder();
  const pending = new Map<string, { id: number; op: string }>();
  text.split(/\r?\n/).forEach((line, index) => {
    if (!relevant.test(line)) return;
    const match = event.exec(line);
    if (!match) throw new SyntaxError(`line ${index + 1} is not an event: ${line}`);
    const [, client, kind, op, argument] = match as unknown as [string, string, string, string, string];
    const open = pending.get(client);
    if (kind === "invoke") {
      if (open) throw new SyntaxError(`line ${index + 1}: client ${client} calls ${op} while ${open.op} is pending`);
      const id = recorder.invoke(clientName(client), dialect.input(op, argument), index);
      pending.set(client, { id, op });
      return;
    }
    if (open?.op !== op)
      throw new SyntaxError(`line ${index + 1}: client ${client} has no pending ${op} that could end`);
    pending.delete(client);
    if (kind === "ok") recorder.ok(open.id, dialect.output(op, argument), index);
    if (kind !== "fail") return;
    const refused = dialect.refused(op, argument);
    if (refused) recorder.ok(open.id, refused.output, index);
    else recorder.failed(open.id);
  });
  return recorder.history();
}

function clientName(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}

function number(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new SyntaxError(`not a number: ${text}`);
  return Number(text);
}
