/** Query parameters by lower-case name, because the server does not care about case. */
export type Parameters = ReadonlyMap<string, string>;

const oldPrefixes = /^(pq|instancequery|query)\./;

/**
 * Reads a query string, taking the bare names of newer versions and the prefixed ones of 10.x alike.
 *
 * `+` stays a plus sign unless told otherwise, which is why `URLSearchParams` is of no use here.
 */
export function readParameters(queryString: string, plusIsSpace: boolean): Parameters {
  const pairs = queryString.split('&').filter((pair) => pair !== '');
  const decode = (text: string): string => decodeSafely(plusIsSpace ? text.replaceAll('+', ' ') : text);
  return new Map(
    pairs.map((pair) => {
      const [name = '', ...rest] = pair.split('=');
      return [decode(name).toLowerCase().replace(oldPrefixes, ''), decode(rest.join('='))];
    }),
  );
}

/** Decodes percent-encoding, and leaves text alone that is badly encoded. */
export function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
