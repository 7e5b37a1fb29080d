/**
 * Lines that change while work goes on, below lines that stay. Nothing is drawn until `start`; `stop` leaves no trace.
 */

const FRAME_MS = 120;

export interface LiveLines {
  /** Prints above the live lines, for good. */
  readonly print: (text: string) => void;
  readonly stop: () => void;
}

/** `render` gives the live lines of this moment, each shorter than the screen. */
export function liveLines(write: (text: string) => void, render: () => readonly string[]): LiveLines {
  let drawn = 0;
  let last = "";
  const timer = setInterval(draw, FRAME_MS);
  timer.unref();
  draw();

  function draw(): void {
    const lines = render();
    const frame = lines.join("\n");
    if (frame === last && drawn > 0) return;
    write(`${erase(drawn)}${lines.map((line) => `${line}\n`).join("")}`);
    drawn = lines.length;
    last = frame;
  }

  return {
    print(text) {
      write(`${erase(drawn)}${text}`);
      drawn = 0;
      draw();
    },
    stop() {
      clearInterval(timer);
      write(erase(drawn));
      drawn = 0;
    },
  };
}

/** Up to the first live line, then clear to the end of the screen. */
const erase = (lines: number): string => (lines === 0 ? "" : `\u001b[${lines}A\r\u001b[J`);
