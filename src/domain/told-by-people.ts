import type { Policy } from './rules.js';

/** Tells whether a system is told each decision in the name of whoever made it, by that person's own account. */
export function signalsAsPerson(
  { signalingAsPerson = [] }: Pick<Policy, 'signalingAsPerson'>,
  system: string,
): boolean {
  return signalingAsPerson.includes(system);
}
