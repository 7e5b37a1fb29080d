/** Server-sent events as text. Read through `fetch`, because EventSource cannot send the token as a header. */

/** Complete events of a stream as parsed JSON, and the text that is not complete yet. What is not JSON is skipped. */
export function takeEvents(text: string): readonly [messages: readonly unknown[], rest: string] {
  const blocks = text.replace(/\r\n/g, "\n").split("\n\n");
  const rest = blocks.pop() ?? "";
  const messages: unknown[] = [];
  for (const block of blocks) {
    const data = block
      .split("\n")
      .filter((line) => line.startsWith("data:"))
      .map((line) => line.slice(5).trimStart())
      .join("\n");
    try {
      if (data !== "") messages.push(JSON.parse(data));
    } catch {
      // A comment or a heartbeat.
    }
  }
  return [messages, rest];
}

/** The parsed events of a response, as they arrive. */
export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks(body)) {
    const [messages, remainder] = takeEvents(rest + decoder.decode(chunk, { stream: true }));
    rest = remainder;
    yield* messages;
  }
}

/** Safari has no async iteration of streams. */
async function* chunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  while (true) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
