/** What keeps a command from doing what was asked. The message names the next step; no stack is shown. */

/** Wrong usage or an unknown name: exit 2. */
export class UsageError extends Error {
  /** The command whose usage helps, where there is one. */
  readonly command: string | null;

  constructor(message: string, command: string | null = null) {
    super(message);
    this.name = "UsageError";
    this.command = command;
  }
}

/** The machine, not the learner, is in the way (full disk, read-only folder, a part of the course missing): exit 3. */
export class MachineError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "MachineError";
  }
}

/**
 * Turns what Node throws for files and disks into a sentence with the next step; null when the code says nothing to a
 * learner.
 */
export function explainSystemError(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  const { code, path } = error as NodeJS.ErrnoException;
  const where = path === undefined ? "" : ` (${path})`;
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return `The disk is full${where}. What was saved before is whole. Free some space and run the command again.`;
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return (
        `This file or folder cannot be written${where}. Nothing was changed. Give yourself write access to ` +
        "the course's folder and run the command again."
      );
    case "EMFILE":
    case "ENFILE":
      return "Too many files are open on this machine. Close some programs, or raise the limit (`ulimit -n 4096`).";
    default:
      return null;
  }
}
