import { type RefObject, useCallback, useEffect, useReducer, useRef, useState } from "react";
import { type LabModel, LabSession } from "./session.ts";

export interface LabOptions<Params> {
  readonly seed: number;
  readonly params: Params;
  /** Runs as soon as it is visible, unless the reader prefers reduced motion. Default true. */
  readonly autoPlay?: boolean;
  /** Simulated milliseconds to run before the first picture, so that a lab starts in an interesting state. */
  readonly startMs?: number;
  /** Simulated seconds per real second at speed 1. Default 1. */
  readonly pace?: number;
}

export interface LabControls<State, Params, Action> {
  readonly state: State;
  readonly nowMs: number;
  readonly seed: number;
  readonly params: Params;
  readonly playing: boolean;
  readonly speed: number;
  readonly done: boolean;
  /** Put it on the lab's outermost element: a lab out of sight does not run. */
  readonly frame: RefObject<HTMLDivElement | null>;
  toggle(): void;
  step(): void;
  reset(): void;
  seek(timeMs: number): void;
  setSpeed(speed: number): void;
  setSeed(seed: number): void;
  /**
   * Replaces parameters and starts again at the same seed; runs up to `atMs` at once, `startMs` where it is left out.
   */
  setParams(changes: Partial<Params>, atMs?: number): void;
  act(action: Action): void;
}

/** A frame that took longer than this (a sleeping tab) does not make the simulation jump. */
const longestFrameMs = 100;

/** Runs a model on the screen's clock. The model knows nothing of it: it only counts steps. */
export function useLab<State, Params, Action = never>(
  model: LabModel<State, Params, Action>,
  options: LabOptions<Params>,
): LabControls<State, Params, Action> {
  const { startMs = 0, autoPlay = true, pace = 1 } = options;
  const ref = useRef<LabSession<State, Params, Action>>(null);
  if (ref.current === null) {
    ref.current = new LabSession(model, options.seed, options.params);
    ref.current.seek(startMs);
  }
  const session = ref.current;
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [playing, setPlaying] = useState(() => autoPlay && !prefersReducedMotion());
  const [speed, setSpeed] = useState(1);
  const frame = useRef<HTMLDivElement>(null);
  const visible = useVisible(frame);
  const running = playing && visible && !session.done;

  useEffect(() => {
    if (!running) return;
    let last = performance.now();
    let owedMs = 0;
    let request = requestAnimationFrame(function tick(now) {
      owedMs += Math.min(now - last, longestFrameMs) * speed * pace;
      last = now;
      const steps = Math.floor(owedMs / model.stepMs);
      if (steps > 0) {
        owedMs -= steps * model.stepMs;
        session.advance(steps);
        redraw();
      }
      request = requestAnimationFrame(tick);
    });
    return () => cancelAnimationFrame(request);
  }, [running, speed, pace, model, session]);

  const change = useCallback((apply: () => void) => {
    apply();
    redraw();
  }, []);

  const restart = (changes: { seed?: number; params?: Params }, atMs = startMs) =>
    change(() => {
      session.restart(changes);
      session.seek(atMs);
    });

  return {
    state: session.state,
    nowMs: session.nowMs,
    seed: session.seed,
    params: session.params,
    playing: playing && !session.done,
    speed,
    done: session.done,
    frame,
    toggle: () => {
      if (session.done) restart({});
      setPlaying(session.done || !playing);
    },
    step: () => {
      setPlaying(false);
      change(() => session.advance(1));
    },
    reset: () => restart({}),
    seek: (timeMs) => {
      setPlaying(false);
      change(() => session.seek(timeMs));
    },
    setSpeed,
    setSeed: (seed) => restart({ seed }),
    setParams: (changes, atMs) => restart({ params: { ...session.params, ...changes } }, atMs),
    act: (action) => change(() => session.act(action)),
  };
}

export function prefersReducedMotion(): boolean {
  return typeof window !== "undefined" && window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function useVisible(frame: RefObject<Element | null>): boolean {
  const [visible, setVisible] = useState(false);
  useEffect(() => {
    if (frame.current === null) return;
    const observer = new IntersectionObserver((entries) => setVisible(entries.at(-1)?.isIntersecting ?? false));
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, [frame]);
  return visible;
}
