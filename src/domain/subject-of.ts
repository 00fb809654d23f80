import type { Approval } from './approval.js';

/** Gives the one line that tells a request from others. */
export function subjectOf({ instance }: Pick<Approval, 'instance'>): string {
  const { facts, title } = instance;
  return facts.subject ?? facts.names[0] ?? facts.revocation?.serialNumber ?? title;
}
