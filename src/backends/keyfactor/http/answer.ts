import type { HttpResponse } from '../../../shared/http/http-answer.js';

/** What came back over HTTP, as every caller here knows it. */
export type { HttpResponse };

/** Gives the identifier under which the server logged a call. */
export function correlationIdOf(response: HttpResponse): string | undefined {
  return response.headers['x-keyfactor-correlation-id'];
}

/** Tells whether the server did as asked. */
export function isSuccess(response: HttpResponse): boolean {
  return response.status >= 200 && response.status < 300;
}

/** Tells whether an answer is a JSON object: from the API itself, not from a gateway or a wrong address. */
export function isFromApi(response: HttpResponse): boolean {
  return parsedObject(response) !== undefined;
}

/**
 * Tells whether an answer says that there is nothing under an address, or nothing for us.
 *
 * A gateway's page, or the error page for a wrong base path, says nothing of the kind.
 */
export function saysNothingThere(response: HttpResponse): boolean {
  if (response.status !== 403 && response.status !== 404) return false;
  if (isFromApi(response)) return true;
  const isBare = response.body.trim() === '';
  return isBare && (response.status === 403 || /json/i.test(response.headers['content-type'] ?? ''));
}

/** Reads the body as a JSON object; undefined if it is anything else. */
export function parsedObject(response: HttpResponse): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(response.body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value))
      : undefined;
  } catch {
    return undefined;
  }
}
