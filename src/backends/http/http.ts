/** What came back over HTTP, whatever its status; header names are in lower case. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Tells whether the server did as asked. */
export function isSuccess({ status }: Pick<HttpResponse, 'status'>): boolean {
  return status >= 200 && status < 300;
}

/** Leaves out of a text whatever looks like a credential: headers, tokens, passwords and long keys. */
export function withoutCredentials(text: string): string {
  return text
    .replace(/\b(bearer|basic)\s+\S+/gi, '$1 …')
    .replace(/\beyJ[\w-]+(\.[\w-]*){0,4}/g, '…')
    .replace(/((?:pass\w*|secret|token)\W{1,4})[^\s"',;&]+/gi, '$1…')
    .replace(/[A-Za-z0-9+/_-]{64,}={0,2}/g, '…');
}

/** Writes a Basic header. */
export function basicHeader(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}
