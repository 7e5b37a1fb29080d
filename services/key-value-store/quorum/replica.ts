import type { Seen } from "../../../given/key-value-store/versions.ts";
import type { StoreRequest, StoreResponse } from "../../../solutions/key-value-store/quorum-store.ts";
import type { Host } from "../cluster/host.ts";
import { ANSWER_MS } from "../limits.ts";

/** Too few nodes answered. A write may have happened all the same. */
export class NoQuorumError extends Error {}

/** The learner's store behind promises. */
export class QuorumReplica {
  readonly #host: Host<StoreRequest, StoreResponse>;

  constructor(host: Host<StoreRequest, StoreResponse>) {
    this.#host = host;
  }

  /** @throws NoQuorumError */
  async get(key: string): Promise<{ readonly values: readonly string[]; readonly context: Seen }> {
    const response = await this.#request({ op: "get", key });
    if (response.op !== "get") throw new Error(`a get was answered as a ${response.op}`);
    return response;
  }

  /** @throws NoQuorumError */
  async put(key: string, value: string, context: Seen): Promise<void> {
    await this.#request({ op: "put", key, value, context });
  }

  #request(request: StoreRequest): Promise<StoreResponse> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void =>
        reject(new NoQuorumError(`too few nodes answered a ${request.op} within ${ANSWER_MS / 1_000} s`));
      const timer = setTimeout(giveUp, ANSWER_MS);
      this.#host.request(request, (response) => {
        clearTimeout(timer);
        resolve(response);
      });
    });
  }
}
