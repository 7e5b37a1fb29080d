/**
 * A lab without a screen: a model, a seed, parameters, and the reader's actions in the order in which they were made.
 * Everything is deterministic, so going back in time is running forward again from the seed.
 */
export interface LabModel<State, Params, Action = never> {
  /** Simulated time that one step covers, in milliseconds. */
  readonly stepMs: number;
  init(seed: number, params: Params): State;
  /** The state one step later. May change `state` in place and return it: the session never keeps an old one. */
  step(state: State): State;
  /** What the reader did, at the state's own time. Parameters that may change while it runs are actions. */
  act?(state: State, action: Action): State;
  /** True once nothing more can happen; then the transport stops. */
  isDone?(state: State): boolean;
}

interface Recorded<Action> {
  readonly atStep: number;
  readonly action: Action;
}

export class LabSession<State, Params, Action = never> {
  readonly #model: LabModel<State, Params, Action>;
  #actions: Recorded<Action>[] = [];
  #seed: number;
  #params: Params;
  #state: State;
  #steps = 0;

  constructor(model: LabModel<State, Params, Action>, seed: number, params: Params) {
    this.#model = model;
    this.#seed = seed;
    this.#params = params;
    this.#state = model.init(seed, params);
  }

  get state(): State {
    return this.#state;
  }

  get seed(): number {
    return this.#seed;
  }

  get params(): Params {
    return this.#params;
  }

  /** Simulated milliseconds since the start. */
  get nowMs(): number {
    return this.#steps * this.#model.stepMs;
  }

  get done(): boolean {
    return this.#model.isDone?.(this.#state) ?? false;
  }

  /** Runs `steps` steps, fewer if the lab ends before. */
  advance(steps: number): void {
    for (let i = 0; i < steps && !this.done; i += 1) {
      this.#state = this.#model.step(this.#state);
      this.#steps += 1;
    }
  }

  /** The reader does something now; what was recorded for later times is forgotten. */
  act(action: Action): void {
    if (this.#model.act === undefined) throw new Error("this lab's model has no act()");
    this.#actions = this.#actions.filter((recorded) => recorded.atStep <= this.#steps);
    this.#actions.push({ atStep: this.#steps, action });
    this.#state = this.#model.act(this.#state, action);
  }

  /** Starts again, with another seed or other parameters where given. The reader's actions are forgotten. */
  restart(changes: { seed?: number; params?: Params } = {}): void {
    this.#seed = changes.seed ?? this.#seed;
    this.#params = changes.params ?? this.#params;
    this.#actions = [];
    this.#rewind();
  }

  /** The state at another time: forward by steps, back by running again from the seed with the same actions. */
  seek(timeMs: number): void {
    const target = Math.max(0, Math.round(timeMs / this.#model.stepMs));
    if (target < this.#steps) this.#rewind();
    while (this.#steps < target && !this.done) {
      this.advance(1);
      this.#replayActions();
    }
  }

  // --- internal ---

  #rewind(): void {
    this.#state = this.#model.init(this.#seed, this.#params);
    this.#steps = 0;
    this.#replayActions();
  }

  #replayActions(): void {
    for (const { atStep, action } of this.#actions) {
      if (atStep === this.#steps) this.#state = this.#model.act!(this.#state, action);
    }
  }
}
