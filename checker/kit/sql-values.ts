/** How values of PostgreSQL become values of JavaScript, as `given/common/sql.ts` says. */

import type { types } from "pg";

/** Object identifiers of types: `SELECT oid, typname FROM pg_type`. They are the same in every PostgreSQL. */
const OID = { bytea: 17, int8: 20, int8Array: 1016, date: 1082, timestamp: 1114, timestamptz: 1184 } as const;

type Parse = (text: string) => unknown;

const parsers: Readonly<Record<number, Parse>> = {
  [OID.bytea]: bytes,
  [OID.int8]: integer,
  [OID.int8Array]: integers,
  // A Date has the machine's time zone in it, and fewer digits than the server.
  [OID.date]: String,
  [OID.timestamp]: String,
  [OID.timestamptz]: String,
};

/** For the `types` of a client of `pg`; `drivers` are the driver's own. */
export function sqlTypes(drivers: typeof types) {
  return {
    getTypeParser: (oid: number, format?: "text" | "binary"): Parse =>
      format === "binary" ? drivers.getTypeParser(oid, "binary") : (parsers[oid] ?? drivers.getTypeParser(oid, "text")),
  };
}

function integer(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond 2^53 - 1: a number cannot hold it`);
  return value;
}

/** Of one dimension. */
function integers(text: string): (number | null)[] {
  const inside = text.slice(1, -1);
  return inside === "" ? [] : inside.split(",").map((one) => (one === "NULL" ? null : integer(one)));
}

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.slice("\\x".length), "hex"));
}
