/** One address of the public listener, and who answers there. */
export interface WebRoute {
  readonly method: 'GET' | 'POST';
  /** Begins with a slash; compared letter by letter, without the query. */
  readonly path: string;
  /** A larger body is refused before it is read to its end. */
  readonly maxBodyBytes: number;
  /** Answers a request; what it throws is answered with 500 and a reference. */
  handle(request: WebRequest): Promise<WebAnswer>;
}

/** A request from outside, not trusted in any way. */
export interface WebRequest {
  /** Names in small letters; of a repeated header, all values joined. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: ReadonlyMap<string, string>;
  readonly body: string;
}

/** What is answered. */
export interface WebAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}
