/** Tells whether a text has the form of the ids this platform gives. */
export function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
}
