/** The port that clients talk to. */

import { createServer, type Server, type Socket } from "node:net";
import { after } from "../after.ts";
import { LIMITS, type Limits } from "../limits.ts";
import { encode, Failure, fitting, type Reply } from "./reply.ts";
import { ProtocolError, RequestReader } from "./request-reader.ts";

/** What answers requests. One object a connection: some commands are about the connection. */
export interface Session {
  /** Answers come in the order of the requests, whatever order they are ready in. */
  answer(request: readonly string[]): Reply | Promise<Reply>;
  /** After the answers so far the connection ends. */
  readonly isOver: boolean;
}

/** What all connections together make a node hold. */
class Load {
  readonly connections = new Set<Connection>();
  readonly #unreadMax: number;
  /** Bytes of requests that are under way. */
  bytes = 0;
  /** Bytes of answers that were not taken. */
  #unread = 0;

  constructor({ unreadInAll }: Limits) {
    this.#unreadMax = unreadInAll;
  }

  /** Answers were made, or taken. */
  unread(bytes: number): void {
    this.#unread += bytes;
    while (this.#unread > this.#unreadMax && this.connections.size > 0) {
      const all = [...this.connections];
      all.reduce((most, each) => (each.unread > most.unread ? each : most)).cutOff();
    }
  }
}

export function respServer(open: () => Session, limits: Limits = LIMITS): Server {
  const load = new Load(limits);
  // Half open: a client that has said all it wants, as in `printf … | nc`, still gets its answers.
  return createServer({ allowHalfOpen: true }, (socket) => {
    if (load.connections.size >= limits.clients) {
      socket.on("error", () => {});
      socket.end("-ERR max number of clients reached\r\n");
      // Whoever does not take the answer is not waited for.
      setTimeout(() => socket.destroy(), 100).unref();
      return;
    }
    load.connections.add(new Connection(socket, open(), limits, load));
  });
}

interface Slot {
  bytes: Buffer | null;
}

class Connection {
  readonly #socket: Socket;
  readonly #session: Session;
  readonly #limits: Limits;
  readonly #load: Load;
  readonly #reader: RequestReader;
  /** Requests whose answers were not written, in their order. */
  readonly #slots: Slot[] = [];
  /** Bytes of answers, made and not taken. */
  #unread = 0;
  #isReading = true;
  /** The client has said all. */
  #hasHeardAll = false;
  #hasEnded = false;
  /** Set while a request is unfinished, and before the first: calls off the end of the connection. */
  #requestCame: (() => void) | undefined;
  /** Set while answers are unread. */
  #answersRead: (() => void) | undefined;

  constructor(socket: Socket, session: Session, limits: Limits, load: Load) {
    this.#socket = socket;
    this.#session = session;
    this.#limits = limits;
    this.#load = load;
    this.#reader = new RequestReader(limits);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      this.#reader.push(chunk);
      this.#read();
    });
    socket.on("end", () => {
      this.#hasHeardAll = true;
      this.#read();
    });
    socket.on("drain", () => {
      this.#answersRead?.();
      this.#answersRead = undefined;
      this.#read();
    });
    socket.once("close", () => this.cutOff());
    this.#expectRequest();
  }

  get unread(): number {
    return this.#unread;
  }

  /** What it has asked for is done, and nobody is told. */
  cutOff(): void {
    if (!this.#load.connections.delete(this)) return;
    this.#isReading = false;
    this.#requestCame?.();
    this.#answersRead?.();
    this.#slots.length = 0;
    this.#load.unread(-this.#unread);
    this.#unread = 0;
    this.#socket.destroy();
  }

  get #isCutOff(): boolean {
    return !this.#load.connections.has(this);
  }

  #hold(bytes: number): void {
    if (this.#isCutOff) return;
    this.#unread += bytes;
    this.#load.unread(bytes);
  }

  #read(): void {
    try {
      while (this.#isReading && this.#mayTakeMore()) {
        const request = this.#reader.next();
        if (request === null) {
          if (this.#hasHeardAll) this.#isReading = false;
          break;
        }
        this.#endWait();
        this.#take(request);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#isReading = false;
      const slot: Slot = { bytes: null };
      this.#slots.push(slot);
      this.#fill(slot, new Failure("ERR", `Protocol error: ${error.message}`));
    }
    if (this.#isCutOff) return;
    if (!this.#isReading) this.#endWhenAnswered();
    else if (!this.#mayTakeMore()) this.#socket.pause();
    else {
      this.#socket.resume();
      if (this.#reader.isUnfinished) this.#expectRequest();
    }
  }

  #mayTakeMore(): boolean {
    return this.#slots.length < this.#limits.pipeline && this.#socket.writableLength <= this.#limits.unread;
  }

  #take(request: readonly string[]): void {
    const slot: Slot = { bytes: null };
    this.#slots.push(slot);
    const bytes = request.reduce((sum, argument) => sum + argument.length, 0);
    if (this.#load.bytes + bytes > this.#limits.underWay) {
      this.#fill(slot, new Failure("BUSY", "this node has too much under way; nothing was done"));
      return;
    }
    const answer = this.#session.answer(request);
    if (this.#session.isOver) this.#isReading = false;
    if (!(answer instanceof Promise)) {
      this.#fill(slot, answer);
      return;
    }
    this.#load.bytes += bytes;
    void answer
      .finally(() => {
        this.#load.bytes -= bytes;
      })
      .then((reply) => {
        this.#fill(slot, reply);
        this.#read();
      });
  }

  #fill(slot: Slot, reply: Reply): void {
    if (this.#isCutOff) return;
    slot.bytes = encode(fitting(reply, this.#limits.answer));
    this.#hold(slot.bytes.length);
    this.#write();
  }

  #write(): void {
    if (this.#isCutOff) return;
    const ready: Buffer[] = [];
    while (this.#slots[0] !== undefined && this.#slots[0].bytes !== null) ready.push(this.#slots.shift()!.bytes!);
    if (ready.length > 0 && this.#socket.writable) {
      const bytes = Buffer.concat(ready);
      // Taken by the system, not by the client: what the system holds is bounded by itself.
      if (!this.#socket.write(bytes, () => this.#hold(-bytes.length))) this.#expectDrain();
    }
    if (!this.#isReading) this.#endWhenAnswered();
  }

  /** Reads and forgets what still comes, since a connection that is closed with bytes unread loses the answer too. */
  #endWhenAnswered(): void {
    if (this.#slots.length > 0 || this.#hasEnded) return;
    this.#hasEnded = true;
    this.#endWait();
    this.#socket.removeAllListeners("data");
    this.#socket.resume();
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), 100).unref();
  }

  #expectRequest(): void {
    this.#requestCame ??= after(this.#limits.patienceMs, () => this.#socket.destroy());
  }

  #endWait(): void {
    this.#requestCame?.();
    this.#requestCame = undefined;
  }

  #expectDrain(): void {
    this.#answersRead ??= after(this.#limits.patienceMs, () => this.#socket.destroy());
  }
}
