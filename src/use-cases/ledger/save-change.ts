import { type Change, systemOfChange } from '../../domain/change.js';
import type { ChangeOutcome, ChangeRecord } from '../../domain/change-record.js';
import type { PlainGroup } from '../../domain/ledger/canonical.js';
import type { Transaction } from '../../ports/store.js';
import type { Context } from '../context.js';
import { type Recorded, record, recordedPerson, signedValue } from './record.js';

/** Saves a change in a transaction of its own, as `saveChangeIn` does. */
export function saveChange(
  context: Context,
  changed: ChangeRecord,
  phase: ChangeRecord['phase'],
): Promise<boolean> {
  return context.store.inTransaction((transaction) => saveChangeIn(context, transaction, { changed, phase }));
}

/**
 * Saves what a change has become, and records it where it went on to another phase.
 *
 * Returns false, with nothing saved, if the change is no longer in the phase the caller believes.
 */
export async function saveChangeIn(
  context: Context,
  transaction: Transaction,
  { changed, phase }: { readonly changed: ChangeRecord; readonly phase: ChangeRecord['phase'] },
): Promise<boolean> {
  if (!(await transaction.saveChange(changed, phase))) return false;
  if (changed.phase === phase) return true;
  const { change, code, person, id, batch } = changed;
  await record(context, transaction, {
    system: systemOfChange(change),
    ...(change.kind === 'execute' ? {} : { instance: change.instance.id }),
    ...(code === undefined ? {} : { code }),
    person: recordedPerson(context, person),
    ...whatOf(context, changed),
    note: { change: id, phase: changed.phase, override: changed.isOverride, batch: batch?.id },
  });
  return true;
}

function whatOf(
  context: Context,
  { phase, change, outcome, sameAs }: ChangeRecord,
): Pick<Recorded, 'kind' | 'sent' | 'answered'> {
  const sent = textOf(context, change);
  if (sameAs !== undefined) return { kind: 'change', sent, answered: { kind: 'repeated', sameAs } };
  if (phase === 'confirmed' || phase === 'sending') return { kind: 'change', sent };
  if (phase === 'following') return { kind: 'change-outcome', answered: { kind: 'taken' } };
  return { kind: 'change-outcome', answered: outcome ? groupOfOutcome(outcome) : { kind: 'over' } };
}

function textOf(context: Context, change: Change): PlainGroup {
  if (change.kind === 'execute') {
    const { kind, definition, variables } = change;
    const values = variables.map(({ name, value }) => ({ name, sealed: signedValue(context, name, value) }));
    return { verb: kind, definition, values: values };
  }
  const { kind, instance: _named, ...more } = change;
  return { verb: kind, ...more };
}

function groupOfOutcome(outcome: ChangeOutcome): PlainGroup {
  switch (outcome.kind) {
    case 'done':
      return { kind: 'done', status: outcome.now?.status.raw, started: outcome.started?.id };
    case 'moved-meanwhile':
      return { kind: outcome.kind, status: outcome.now.status.raw };
    case 'not-allowed':
      return { kind: outcome.kind, reason: outcome.why.kind };
    case 'approval-open':
      return { kind: outcome.kind, approval: outcome.approval.code };
    case 'unknown':
      return { kind: outcome.kind, reason: outcome.refused?.reason, status: outcome.now?.status.raw };
    case 'refused':
      return { kind: outcome.kind, reason: outcome.reason };
    default:
      return { kind: outcome.kind };
  }
}
