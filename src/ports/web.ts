/** One address of an HTTP listener of ours, and who answers there. */
export interface WebRoute {
  readonly method: 'GET' | 'POST';
  /** Begins with a slash; compared letter by letter, without the query. */
  readonly path: string;
  /** A larger body is refused before it is read to its end. */
  readonly maxBodyBytes: number;
  /** Answers a request; what it throws is answered with 500 and a reference. */
  handle(request: WebRequest): Promise<WebResponse>;
}

/** A request from outside, not trusted in any way. */
export interface WebRequest {
  /** Names in small letters; of a repeated header, all values joined. */
  readonly headers: Readonly<Record<string, string>>;
  /** A name that stands twice in the query is refused before anybody is asked. */
  readonly query: ReadonlyMap<string, string>;
  /** UTF-8, letter by letter what was sent, so that a signature can be checked. */
  readonly body: string;
}

/** What is answered. */
export interface WebResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** Why a request is refused, for the log: a sentence of ours, with nothing of the request in it. */
  readonly refusal?: string;
}

/** Refuses a request, and says why: to whoever sent it and to the log. */
export function refused(status: number, reason: string): WebResponse {
  return { status, body: `${reason}\n`, refusal: reason };
}
