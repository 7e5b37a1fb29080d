/**
 * Histories with published verdicts, from anishathalye/porcupine at 55508eb (MIT, Copyright (c) Anish Athalye):
 * porcupine_test.go and test_data/jepsen, which in turn come from github.com/ahorn/linearizability-checker. Typed in
 * for tests.
 */
import type { Operation } from "./history.ts";
import type { RegisterInput, SetInput, SetOutput, Value } from "./models.ts";

type RegisterOperation = Operation<RegisterInput, Value | undefined>;
type SetOperation = Operation<SetInput, SetOutput>;

function write(client: number, value: number, call: number, end: number): RegisterOperation {
  return { status: "ok", client, input: { op: "write", value }, output: undefined, call, return: end };
}

function read(client: number, output: number, call: number, end: number): RegisterOperation {
  return { status: "ok", client, input: { op: "read" }, output, call, return: end };
}

function add(client: number, value: number, call: number, end: number): SetOperation {
  return { status: "ok", client, input: { op: "add", value }, output: undefined, call, return: end };
}

function readSet(client: number, output: number[], call: number, end: number): SetOperation {
  return { status: "ok", client, input: { op: "read" }, output, call, return: end };
}

/** Registers that start as 0. */
export const registerHistories: { name: string; linearizable: boolean; history: RegisterOperation[] }[] = [
  {
    name: "TestRegisterModel 1 (MIT 6.824, 2017, quiz 2)",
    linearizable: true,
    history: [write(0, 100, 0, 100), read(1, 100, 25, 75), read(2, 0, 30, 60)],
  },
  {
    name: "TestRegisterModel 2",
    linearizable: false,
    history: [write(0, 200, 0, 100), read(1, 200, 10, 30), read(2, 0, 40, 90)],
  },
  {
    name: "TestZeroDuration 1",
    linearizable: true,
    history: [write(0, 100, 0, 100), read(1, 100, 25, 75), read(2, 0, 30, 30), read(3, 0, 30, 30)],
  },
  {
    name: "TestZeroDuration 2",
    linearizable: false,
    history: [write(0, 200, 0, 100), read(1, 200, 10, 10), read(2, 200, 10, 10), read(3, 0, 40, 90)],
  },
];

export const setHistories: { name: string; linearizable: boolean; history: SetOperation[] }[] = [
  {
    name: "TestSetModel 1",
    linearizable: true,
    history: [add(0, 100, 0, 5), add(1, 0, 1, 4), readSet(2, [100], 2, 3)],
  },
  {
    name: "TestSetModel 2",
    linearizable: true,
    history: [add(0, 100, 0, 5), add(1, 110, 1, 4), readSet(2, [100, 110], 2, 3)],
  },
  {
    name: "TestSetModel 4",
    linearizable: false,
    history: [add(0, 100, 0, 5), add(1, 110, 1, 4), readSet(2, [100, 100, 110], 2, 3)],
  },
];

/**
 * Back to the text of a log: `3(c1>2` is ":invoke :cas [1 2]" by process 3; `)` is ok, `x` fail, `?` info; n is nil, t
 * timed out.
 */
export function jepsenLog(compact: string): string {
  const kinds: Record<string, string> = { "(": "invoke", ")": "ok", x: "fail", "?": "info" };
  const ops: Record<string, string> = { r: "read", w: "write", c: "cas" };
  return compact
    .split(" ")
    .map((token) => {
      const [, process, kind, op, rest] = /^(\d+)([()x?])([rwc])(.*)$/.exec(token) as unknown as string[];
      const value = rest === "n" ? "nil" : rest === "t" ? ":timed-out" : rest!.replace(/^(\d+)>(\d+)$/, "[$1 $2]");
      return `INFO  jepsen.util - ${process}\t:${kinds[kind!]}\t:${ops[op!]}\t${value}`;
    })
    .join("\n");
}

/** etcd_002.log: linearizable. */
export const etcd002 =
  "4(rn 4)rn 1(w1 2(c2>4 3(c1>2 0(c1>4 1)w1 0xc1>4 2)c2>4 3)c1>2 4(w0 4)w0 1(w2 1)w2 0(rn 0)r2 2(c0>2 3(c2>3 " +
  "2xc0>2 3)c2>3 4(rn 4)r3 1(w3 1)w3 0(w2 2(w0 0)w2 2)w0 3(c0>4 3)c0>4 4(c3>4 4xc3>4 1(w1 0(w3 0)w3 1)w1 2(rn " +
  "2)r3 3(rn 3)r3 4(rn 4)r3 0(c4>3 0xc4>3 1(c2>2 2(w3 1xc2>2 3(w2 4(w2 4)w2 0(c1>4 0xc1>4 2?wt 1(w3 1)w3 3?wt " +
  "4(c3>0 4)c3>0 0(rn 0)r0 7(c3>1 1(w1 8(rn 8)r3 4(c4>0 1)w1 0(w2 0)w2 7?ct 4xc4>0 8(c4>0 1(w0 1)w0 0(w4 0)w4 " +
  "12(w4 4(rn 4)r4 8?ct 1(rn 1)r4 0(w2 12?wt 0)w2 4(c3>0 4xc3>0 13(w3 1(w0 17(rn 0(c2>1 17)r3 4(w1 13?wt 1?wt " +
  "0?ct 17(c0>1 4?wt 18(rn 18)r3 6(w3 5(w2 17?ct 9(c2>2 18(w4 6?wt 5?wt 22(w1 9?ct 18?wt 11(w3 10(c1>1 22?wt " +
  "14(w0 11)w3 23(c4>4 14)w0 10xc1>1 23xc4>4 27(w1 11(w2 11)w2 14(c1>2 10(rn 10)r2 14xc1>2 23(rn 23)r0 27?wt " +
  "11(w1 11)w1 10(rn 10)r1 14(w2 23(c2>3 32(c2>1 14)w2 11(w4 11)w4 10(c1>1 10xc1>1 23?ct 32?ct 14(w4 14)w4 " +
  "11(c2>4 11xc2>4 10(rn 10)r4 28(rn 28)r0 37(w3 37?wt 14(rn 14)r4";

/** etcd_001.log: not linearizable, a stale read. */
export const etcd001 =
  "0(rn 1(rn 0)rn 1)rn 4(w0 2(c1>0 3(w2 2xc1>0 4)w0 3)w2 0(rn 0)r0 1(c0>0 1)c0>0 2(rn 2)r0 4(w1 3(w3 4)w1 3)w3 " +
  "0(rn 0)r3 1(c3>0 2(c0>4 1)c3>0 2)c0>4 4(rn 4)r4 3(rn 3)r4 0(rn 0)r4 1(w1 1)w1 2(rn 2)r1 4(w4 4)w4 3(c1>3 " +
  "3xc1>3 0(rn 0)r4 1(c0>2 2(rn 2)r4 4(rn 4)r4 3(c3>2 0(c2>1 1?ct 2(rn 2)r4 4(c0>0 3?ct 0?ct 6(rn 6)r4 2(c2>3 " +
  "4?ct 8(rn 8)r4 5(rn 5)r4 6(c3>0 6xc3>0 2?ct 9(c3>4 8(w0 8)w0 5(w1 5)w1 6(w1 7(rn 7)r4 9?ct 6)w1 8(rn 8)r1 5(w2 " +
  "5)w2 7(rn 7)r4 14(c1>0 6(c1>2 8(rn 8)r2 6xc1>2 5(rn 5)r2 7(c1>3 14?ct 8(w3 8)w3 6(w0 6)w0 5(rn 5)r0 7?ct 19(w2 " +
  "19)w2 8(rn 8)r2 6(w0 5(c2>1 6)w0 12(rn 12)r0 19(c1>3 5xc2>1 8(c3>4 8xc3>4 19xc1>3 6(w3 6)w3 12(c0>3 12xc0>3 " +
  "5(c0>3 8(rn 8)r3 5xc0>3 19(rn 19)r3 6(w1 6)w1 12(rn 12)r1 8(rn 8)r1 5(rn 5)r1 19(c3>2 19xc3>2 6(w1 12(w4 8(rn " +
  "8)r1 5(rn 5)r1 19(w4 6?wt 12?wt 8(w0 5(c2>4 19?wt 11(rn 11)r1 17(c0>1 17xc0>1 8?wt 5?ct 24(rn 24)r1 11(c1>3 " +
  "11)c1>3 17(c3>4 13(rn 13)r1 10(w1 17)c3>4 24(c1>1 10)w1 11(c1>4 11)c1>4 13(rn 13)r1 17(c0>3 17xc0>3 24?ct " +
  "10(w4 10)w4 11(rn 11)r4";

/** etcd_099.log: not linearizable, and one of the hardest of the set: thirteen operations time out. */
export const etcd099 =
  "3(rn 0(w1 2(c4>1 4(c2>0 3)rn 1(c1>3 0)w1 1)c1>3 2xc4>1 4xc2>0 3(w1 3)w1 0(c2>0 0xc2>0 1(w4 4(w1 2(w4 1)w4 2)w4 " +
  "4)w1 3(w1 3)w1 0(w2 0)w2 1(rn 1)r2 2(rn 2)r2 4(w4 4)w4 3(w0 0(w3 3)w0 1(c0>3 1xc0>3 0)w3 2(c2>4 2xc2>4 4(c4>1 " +
  "4xc4>1 3(w2 1(w0 1)w0 3)w2 0(w3 2(w0 4(w4 4)w4 1(w0 1)w0 3(w1 0?wt 2?wt 3)w1 4(c2>0 4xc2>0 1(rn 1)r1 5(c1>0 " +
  "7(c2>1 3(w4 3)w4 4(rn 4)r4 1(w4 1)w4 5?ct 7?ct 3(w3 3)w3 4(c2>1 1(rn 10(c3>0 1)r3 12(w1 4xc2>1 3(w4 3)w4 10?ct " +
  "1(c1>0 1xc1>0 12?wt 4(w4 4)w4 3(w0 15(c4>4 1(c2>2 17(c2>1 4(w0 3?wt 15?ct 1?ct 17?ct 4?wt 8(w1 20(rn 20)r3 " +
  "6(c1>4 22(c1>2 22)c1>2 8)w1 6)c1>4 9(rn 9)r4 20(c4>2 20)c4>2 22(rn 22)r2 8(w4 6(c2>2 9(c3>4 8)w4 9xc3>4 6xc2>2 " +
  "20(w0 20)w0 22(rn 22)r0 8(rn 8)r0 9(w0 6(w3 9)w0 6)w3 20(rn 20)r3 22(w0 22)w0 8(rn 8)r0 9(rn 9)r0 6(w1 6)w1 " +
  "20(rn 20)r3 22(rn 22)r1 8(w4 9(c1>0 9)c1>0 6(c2>4 20(c0>3 6xc2>4 22(rn 22)r0 8?wt 9(w1 9)w1 20?ct 6(rn 6)r1 " +
  "22(w2 13(w1 22)w2 9(w4 9)w4 25(rn 25)r3 6(c1>1 6xc1>1 13?wt 22(rn 22)r4";
