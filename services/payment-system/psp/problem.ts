/** What the provider answers when it does not do what it was asked: the shape of Stripe's errors. */

export type ErrorType = "api_error" | "card_error" | "idempotency_error" | "invalid_request_error";

export interface ErrorBody {
  readonly error: {
    readonly type: ErrorType;
    readonly message: string;
    readonly code?: string;
    readonly decline_code?: string;
    readonly param?: string;
    readonly payment_intent?: unknown;
  };
}

export class Problem extends Error {
  readonly status: number;
  readonly body: ErrorBody;

  constructor(status: number, error: ErrorBody["error"]) {
    super(error.message);
    this.status = status;
    this.body = { error };
  }
}

export function invalid(message: string, param?: string): Problem {
  return new Problem(400, { type: "invalid_request_error", message, ...(param === undefined ? {} : { param }) });
}

export function missing(what: string, id: string): Problem {
  const message = `No such ${what}: '${id}'`;
  return new Problem(404, { type: "invalid_request_error", code: "resource_missing", message, param: "id" });
}

/** The object is in a state in which this cannot be done. */
export function unexpectedState(message: string, code = "payment_intent_unexpected_state"): Problem {
  return new Problem(400, { type: "invalid_request_error", code, message });
}
