import type { Approval, Output } from './approval.js';

/** What a press chose: yes or no, and which of the outputs a workflow offered, counted from 0. */
export interface Choice {
  readonly verb: string;
  readonly output?: number;
}

/**
 * Finds what a press chose on an approval.
 *
 * `none` is a choice no button of ours offers: an output that is not there or reads the other way, one where
 * there are only the two answers, or any while nobody knows which activity waits.
 */
export function chosenOutput(
  { told: inbound }: Pick<Approval, 'told'>,
  { verb, output }: Choice,
):
  | { readonly kind: 'plain' }
  | { readonly kind: 'output'; readonly output: Output }
  | { readonly kind: 'none' } {
  if (!inbound) return { kind: output === undefined ? 'plain' : 'none' };
  const chosen = inbound.activityId === undefined ? undefined : inbound.outputs[output ?? -1];
  return chosen?.verdict === verb ? { kind: 'output', output: chosen } : { kind: 'none' };
}
