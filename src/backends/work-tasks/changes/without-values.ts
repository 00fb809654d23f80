/** Shorter values would tear words apart, and give little away. */
const shortest = 3;

/** Leaves values that must not be repeated out of what a server said. */
export function withoutValues(text: string, values: readonly string[]): string {
  return [...values]
    .filter((value) => value.length >= shortest)
    .sort((one, other) => other.length - one.length)
    .reduce((left, value) => left.replaceAll(value, '…'), text);
}
