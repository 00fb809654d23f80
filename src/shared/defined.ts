/** An object without the members whose value is `undefined`. */
export type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
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
