import type { HttpAnswer } from '../../../shared/http/http-answer.js';

/** What came back over HTTP, as every caller here knows it. */
export type { HttpAnswer };

/** Gives the identifier under which the server logged a call. */
export function correlationIdOf(answer: HttpAnswer): string | undefined {
  return answer.headers['x-keyfactor-correlation-id'];
}

/** Tells whether the server did as asked. */
export function isSuccess(answer: HttpAnswer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

/** Tells whether an answer is a JSON object: from the API itself, not from a gateway or a wrong address. */
export function isFromApi(answer: HttpAnswer): boolean {
  return parsedObject(answer) !== undefined;
}

/**
 * Tells whether an answer says that there is nothing under an address, or nothing for us.
 *
 * A gateway's page, or the error page for a wrong base path, says nothing of the kind.
 */
export function saysNothingThere(answer: HttpAnswer): boolean {
  if (answer.status !== 403 && answer.status !== 404) return false;
  if (isFromApi(answer)) return true;
  const isBare = answer.body.trim() === '';
  return isBare && (answer.status === 403 || /json/i.test(answer.headers['content-type'] ?? ''));
}

/** Reads the body as a JSON object; undefined if it is anything else. */
export function parsedObject(answer: HttpAnswer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(answer.body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value))
      : undefined;
  } catch {
    return undefined;
  }
}
