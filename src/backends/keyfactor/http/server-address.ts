import type { KeyfactorServer } from '../settings.js';

/** Gives host and port as they stand in a URL; the usual port of https is never written. */
export function hostOf({ hostname, port, scheme }: KeyfactorServer): string {
  const isUsual =
    port === undefined || (scheme === 'https' && port === 443) || (scheme === 'http' && port === 80);
  return isUsual ? hostname : `${hostname}:${port}`;
}

/** Gives the address under which the API's paths lie, without a slash at the end. */
export function baseUrlOf(server: KeyfactorServer): string {
  const base = `${server.scheme}://${hostOf(server)}`;
  return server.apiPath === '' ? base : `${base}/${server.apiPath}`;
}
