/** Forms with files in them (`multipart/form-data`, RFC 7578), one field of them read as a stream: files may be larger than memory. */

import { Refusal } from "./refusal.ts";

const TYPE = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i;
const CR = 0x0d;
const DASH = 0x2d;
/** Of a part's header, in bytes. */
const LONGEST_HEADER = 8192;
const NOTHING = new Uint8Array(0);

export interface FieldStream {
  readonly stream: ReadableStream<Uint8Array>;
  /** Resolves when all of the field has come. */
  readonly received: Promise<void>;
}

/**
 * A field of a form by its name; what comes before it is passed over.
 *
 * @param maxBytes of the body as a whole
 * @throws {Refusal} 415 for another type, 413 beyond the limit, 400 for what is no form or has no such field; the stream fails
 *   with the same
 */
export async function fieldOf(request: Request, field: string, maxBytes: number): Promise<FieldStream> {
  const [, quoted, bare] = TYPE.exec(request.headers.get("content-type") ?? "") ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) {
    throw new Refusal(415, "Content type error: send a form, `Content-Type: multipart/form-data`");
  }
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const body = new Body(request, maxBytes);
  const form = new Form(body, boundary);
  try {
    for (;;) {
      const name = await form.nextPart();
      if (name === field) return streamOf(form);
      if (name === undefined) throw malformed(`Field ${JSON.stringify(field)} is required`);
    }
  } catch (error) {
    await body.cancel();
    throw error;
  }
}

function streamOf(form: Form): FieldStream {
  let finished: () => void = () => undefined;
  let failed: (error: unknown) => void = () => undefined;
  const received = new Promise<void>((resolve, reject) => {
    finished = resolve;
    failed = reject;
  });
  received.catch(() => undefined); // whoever reads the stream is told
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const bytes = await form.more();
          if (bytes !== undefined) return controller.enqueue(bytes);
          await form.rest();
          controller.close();
          finished();
        } catch (error) {
          await form.cancel();
          failed(error);
          throw error;
        }
      },
      async cancel(reason) {
        failed(reason);
        await form.cancel();
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, received };
}

/** Finds the parts of a form: each begins with a delimiter and a header. */
class Form {
  readonly #body: Body;
  /** What is before each part but the first, and behind the last. */
  readonly #delimiter: Uint8Array;
  #isFirst = true;

  constructor(body: Body, boundary: string) {
    this.#body = body;
    this.#delimiter = new TextEncoder().encode(`\r\n--${boundary}`);
  }

  /** Goes to the next part, past what is left of this one. Answers its name; undefined when there is none. */
  async nextPart(): Promise<string | undefined> {
    if (this.#isFirst) this.#body.putBack(new Uint8Array([CR, 0x0a])); // the first delimiter may be the first of all
    this.#isFirst = false;
    while ((await this.more()) !== undefined);
    const header = await this.#header();
    return header && nameIn(header);
  }

  /** The next bytes of this part; undefined at its end, which is then behind. */
  async more(): Promise<Uint8Array | undefined> {
    const body = this.#body;
    const delimiter = this.#delimiter;
    for (;;) {
      const at = find(body.window, delimiter);
      if (at > 0) return body.take(at);
      // What may be the beginning of a delimiter stays until it is known.
      if (at === 0 && body.window.length >= delimiter.length) {
        body.take(delimiter.length);
        return undefined;
      }
      if (!(await body.fill())) throw malformed("the form broke off");
    }
  }

  /** The header that follows the delimiter; undefined behind the last one. */
  async #header(): Promise<string | undefined> {
    const body = this.#body;
    const end = new Uint8Array([CR, 0x0a, CR, 0x0a]);
    for (;;) {
      const { window } = body;
      if (window.length >= 2 && window[0] === DASH && window[1] === DASH) return undefined;
      const at = find(window, end);
      if (at < window.length && at + end.length <= window.length) {
        const bytes = body.take(at + end.length);
        return new TextDecoder().decode(bytes);
      }
      if (window.length > LONGEST_HEADER) throw malformed("the header of a part is too long");
      if (!(await body.fill())) throw malformed("the form broke off");
    }
  }

  /** Reads what comes behind, so that the connection can be used again. */
  async rest(): Promise<void> {
    do this.#body.take(this.#body.window.length);
    while (await this.#body.fill());
  }

  cancel(): Promise<void> {
    return this.#body.cancel();
  }
}

/** A request's body, as it comes. */
class Body {
  /** What has come and was not taken. */
  window: Uint8Array = NOTHING;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  readonly #maxBytes: number;
  #received = 0;

  constructor(request: Request, maxBytes: number) {
    this.#reader = request.body?.getReader();
    this.#maxBytes = maxBytes;
  }

  /** Waits for more; false when there is none. @throws {Refusal} 413 */
  async fill(): Promise<boolean> {
    const { value } = (await this.#reader?.read().catch(brokeOff)) ?? {};
    if (value === undefined) return false;
    this.#received += value.length;
    if (this.#received > this.#maxBytes) throw tooLarge(this.#maxBytes);
    this.window = this.window.length === 0 ? value : joined(this.window, value);
    return true;
  }

  take(length: number): Uint8Array {
    const taken = this.window.subarray(0, length);
    this.window = this.window.subarray(length);
    return taken;
  }

  putBack(bytes: Uint8Array): void {
    this.window = joined(bytes, this.window);
  }

  async cancel(): Promise<void> {
    await this.#reader?.cancel().catch(() => undefined); // it is over in any case
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

/** Where it begins, or, at the end, where a beginning of it does; else the length. */
function find(bytes: Uint8Array, what: Uint8Array): number {
  for (let at = bytes.indexOf(CR); at !== -1; at = bytes.indexOf(CR, at + 1)) {
    let matched = 1;
    while (matched < what.length && at + matched < bytes.length && bytes[at + matched] === what[matched])
      matched++;
    if (matched === what.length || at + matched === bytes.length) return at;
  }
  return bytes.length;
}

/** The name that a part's header gives it; "" for none. */
function nameIn(header: string): string {
  const line = /^content-disposition:(.*)$/im.exec(header)?.[1] ?? "";
  const [, quoted, bare] = /;\s*name=(?:"([^"]*)"|([^\s;]+))/i.exec(line) ?? [];
  return quoted ?? bare ?? "";
}

function brokeOff(): never {
  // Whoever sent it went away, or was too slow.
  throw malformed("the form broke off");
}

function malformed(text: string): Refusal {
  return new Refusal(400, `Format error in multipart form: ${text}`);
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal(413, `Payload too large: a snapshot may have ${maxBytes} bytes`);
}
