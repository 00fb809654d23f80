/** An answer before it is written to the wire. */
export interface Reply {
  readonly status: number;
  /** Content type; null sends none. */
  readonly type: string | null;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers with JSON that is written already. */
export function jsonText(body: string, status = 200): Reply {
  return { status, type: 'application/json; charset=utf-8', body };
}

/** Answers with a value as JSON. */
export function json(value: unknown, status = 200): Reply {
  return jsonText(JSON.stringify(value), status);
}

/** Answers with bare text. */
export function text(body: string): Reply {
  return { status: 200, type: 'text/plain; charset=utf-8', body };
}

/** Answers with XML, as the server does when it cannot agree with a client on JSON. */
export function xml(body: string): Reply {
  return { status: 200, type: 'application/xml; charset=utf-8', body };
}

/** Answers with a page, as the web server in front of the API does when it refuses on its own. */
export function html(status: number, title: string): Reply {
  const body = `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
  return { status, type: 'text/html', body };
}

/** Answers 204 without a body. */
export const noContent: Reply = { status: 204, type: null, body: '' };
