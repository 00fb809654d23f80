/** Makes an error of whatever was thrown. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Gives the message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return asError(thrown).message;
}
