/** The interview's clock, in minutes since it began. */

export interface Clock {
  /** False when there is no clock: the candidate moves on by hand. */
  readonly runs: boolean;
  readonly minutes: () => number;
  /** Resolves at the minute; never where no clock runs. `signal` gives the wait up without resolving. */
  readonly at: (minute: number, signal: AbortSignal) => Promise<void>;
}

/** `speed` 1 is real time, 10 is ten times as fast. */
export function runningClock(speed: number, now: () => number = () => performance.now()): Clock {
  const startedAt = now();
  const minutes = () => ((now() - startedAt) / 60_000) * speed;
  return {
    runs: true,
    minutes,
    at: (minute, signal) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, Math.max(0, ((minute - minutes()) * 60_000) / speed));
        signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
      }),
  };
}

/** Practice without a clock: time is where the conversation is. */
export function standingClock(): Clock & { readonly moveTo: (minute: number) => void } {
  let minute = 0;
  return {
    runs: false,
    minutes: () => minute,
    at: () => new Promise(() => {}),
    moveTo(to) {
      minute = Math.max(minute, to);
    },
  };
}

/** `12:30`. */
export function clockFace(minutes: number): string {
  const seconds = Math.floor(minutes * 60);
  return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
}
