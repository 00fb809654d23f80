/** Shorter values would tear words apart, and give little away. */
const shortest = 3;

/** Leaves values that must not be repeated out of what a server said, plainly or as they stand in JSON. */
export function withoutValues(text: string, values: readonly string[]): string {
  return values
    .flatMap((value) => [value, JSON.stringify(value).slice(1, -1)])
    .filter((value) => value.length >= shortest)
    .sort((one, other) => other.length - one.length)
    .reduce((left, value) => left.replaceAll(value, '…'), text);
}
