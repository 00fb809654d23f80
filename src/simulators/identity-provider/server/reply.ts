/** An answer before it is written to the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers with JSON that nobody may keep. */
export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  const own = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', Pragma: 'no-cache' };
  return { status, headers: { ...own, ...headers }, body: JSON.stringify(value) };
}

/** Answers with a page that runs no script and is shown in no frame. */
export function page(body: string, status = 200): Reply {
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'Referrer-Policy': 'no-referrer',
  };
  return { status, headers, body };
}

/** Sends the browser on. */
export function redirect(url: string): Reply {
  return { status: 303, headers: { Location: url, 'Cache-Control': 'no-store' }, body: '' };
}

/** Ends the handling of a call with an error in the shape of RFC 6749. */
export class OAuthRefusal extends Error {
  readonly status: number;
  readonly error: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    error: string,
    description: string,
    respond: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(description);
    this.error = error;
    this.status = respond.status ?? 400;
    this.headers = respond.headers ?? {};
  }
}

/** Turns a refusal into its answer. */
export function refused({ error, message, status, headers }: OAuthRefusal): Reply {
  return json({ error, error_description: message }, status, headers);
}
