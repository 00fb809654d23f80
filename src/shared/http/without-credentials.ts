/** Leaves out of a text whatever looks like a credential: headers, tokens, passwords and long keys. */
export function withoutCredentials(text: string): string {
  return text
    .replace(/\b(bearer|basic)\s+\S+/gi, '$1 …')
    .replace(/\beyJ[\w-]+(\.[\w-]*){0,4}/g, '…')
    .replace(/((?:pass\w*|secret|token)\W{1,4})[^\s"',;&]+/gi, '$1…')
    .replace(/[A-Za-z0-9+/_-]{64,}={0,2}/g, '…');
}
