/** Makes ids for a simulator that are the same in every run of a story, in the order in which they are asked for. */
export function createCountedIds(): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
  };
}
