/** Makes a forgotten case of a union fail to compile, and fail loudly if data from outside smuggles one in. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}

/** An object without the members whose value is `undefined`. */
type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/**
 * Drops the members of an object whose value is `undefined`, so that `'x' in object` tells whether there is an x.
 *
 * Spread into a literal: `{ kind, ...defined({ comment, output }) }`.
 */
export function defined<T extends object>(members: T): Defined<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<T>;
}

/** Makes an error of whatever was thrown. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Gives the message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return asError(thrown).message;
}
