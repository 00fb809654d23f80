import type { ClickReply } from '../../domain/answer.js';
import type { Approval } from '../../domain/approval.js';
import type { ClickVerb } from '../../domain/click.js';

/**
 * Says why a click can lead nowhere as an approval stands now, or nothing if it may go on.
 *
 * Speaks of the approval only, not of the person: whoever acts on an old card is told what became of it.
 */
export function judgeClick(
  approval: Approval,
  click: { readonly verb: ClickVerb; readonly revision: number },
): ClickReply | undefined {
  const { state } = approval;
  if (state.kind === 'ended') return { kind: 'over', approval };
  if (click.verb === 'take-back') return undefined;
  if (state.kind === 'recorded') return { kind: 'account-counted', approval };
  if (state.kind !== 'waiting') return { kind: 'being-decided', approval };
  if (click.verb === 'withdraw' || click.revision === approval.revision) return undefined;
  const changes = state.note?.kind === 'facts-changed' ? state.note.changes : [];
  return { kind: 'facts-changed', approval, changes };
}
