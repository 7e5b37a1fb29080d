/** The database server of this run of the grader, as whoever started this process has offered it. */

export interface DatabaseAccess {
  /** Role and database from which others are made. */
  readonly url: string;
  /** Names of databases begin with it; the grader drops all of them. */
  readonly prefix: string;
}

let offered: DatabaseAccess | null = null;

export function offerDatabase(access: DatabaseAccess | null | undefined): void {
  offered = access ?? null;
}

export function offeredDatabase(): DatabaseAccess {
  if (offered === null) throw new Error("this exercise has no database: its `database` in course/systems is not set");
  return offered;
}
