import { canonical } from "./canonical.ts";
import { type Model, stateKey, UNKNOWN, type Unknown } from "./model.ts";
import { PairTable } from "./pair-table.ts";

/**
 * The model seen as small integers: states and operation classes (equal input and output) are numbered as they are met,
 * and each transition is computed once. The search then never touches a model value.
 */
export class Space<State, Input, Output> {
  readonly model: Model<State, Input, Output>;
  readonly states: State[] = [];
  /** `successors(...)` points in here: a count, then that many states. */
  arena = new Int32Array(1024);

  readonly #stateIds = new Map<string | number, number>();
  readonly #classIds = new Map<string, number>();
  readonly #classes: { input: Input; output: Output | Unknown; readOnly: boolean }[] = [];
  readonly #transitions = new PairTable();
  readonly #possible = new PairTable();
  readonly #enables = new PairTable();
  #arenaEnd = 1; // offset 0 holds the count 0: "no successor"

  constructor(model: Model<State, Input, Output>) {
    this.model = model;
  }

  /** The number of `state`. */
  intern(state: State): number {
    const key = stateKey(this.model, state);
    const known = this.#stateIds.get(key);
    if (known !== undefined) return known;
    this.#stateIds.set(key, this.states.length);
    return this.states.push(state) - 1;
  }

  /** The class of an operation. Values without a canonical text get a class of their own, which is always safe. */
  classOf(input: Input, output: Output | Unknown): number {
    const inputText = canonical(input);
    const outputText = output === UNKNOWN ? "?" : canonical(output);
    const key = inputText === undefined || outputText === undefined ? undefined : `${inputText} ${outputText}`;
    const known = key === undefined ? undefined : this.#classIds.get(key);
    if (known !== undefined) return known;
    const id = this.#classes.length;
    if (key !== undefined) this.#classIds.set(key, id);
    this.#classes.push({ input, output, readOnly: this.model.readOnly?.(input, output) ?? false });
    return id;
  }

  isReadOnly(classId: number): boolean {
    return this.#class(classId).readOnly;
  }

  describe(classId: number): string {
    const { input, output } = this.#class(classId);
    return this.model.describe(input, output);
  }

  /** Offset in `arena` of the successors of a state under a class. */
  successors(stateId: number, classId: number): number {
    const known = this.#transitions.get(stateId, classId);
    return known >= 0 ? known : this.#compute(stateId, classId);
  }

  /** The model's lookahead: whether the answer of a class may come about from a state without an enabling operation. */
  possible(stateId: number, classId: number): boolean {
    let known = this.#possible.get(stateId, classId);
    if (known < 0) {
      const { input, output } = this.#class(classId);
      const lookahead = this.model.lookahead;
      known = !lookahead || output === UNKNOWN || lookahead.possible(this.states[stateId]!, input, output) ? 1 : 0;
      this.#possible.set(stateId, classId, known);
    }
    return known === 1;
  }

  /** The model's lookahead: whether an operation of class `other` may make the answer of `classId` possible. */
  enables(other: number, classId: number): boolean {
    let known = this.#enables.get(other, classId);
    if (known < 0) {
      const { input, output } = this.#class(classId);
      const enabled = output !== UNKNOWN && this.model.lookahead?.enabledBy(this.#class(other).input, input, output);
      known = enabled === false ? 0 : 1;
      this.#enables.set(other, classId, known);
    }
    return known === 1;
  }

  #compute(stateId: number, classId: number): number {
    const { input, output } = this.#class(classId);
    const ids = [...new Set(this.model.step(this.states[stateId]!, input, output).map((next) => this.intern(next)))];
    const offset = ids.length === 0 ? 0 : this.#append(ids);
    this.#transitions.set(stateId, classId, offset);
    return offset;
  }

  #append(ids: readonly number[]): number {
    const offset = this.#arenaEnd;
    this.#arenaEnd += ids.length + 1;
    if (this.#arenaEnd > this.arena.length) {
      const grown = new Int32Array(Math.max(this.arena.length * 2, this.#arenaEnd));
      grown.set(this.arena);
      this.arena = grown;
    }
    this.arena[offset] = ids.length;
    this.arena.set(ids, offset + 1);
    return offset;
  }

  #class(classId: number): { input: Input; output: Output | Unknown; readOnly: boolean } {
    const found = this.#classes[classId];
    if (!found) throw new RangeError(`no operation class ${classId}`);
    return found;
  }
}
