/** Makes a forgotten case of a union fail to compile, and fail loudly if data from outside smuggles one in. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
