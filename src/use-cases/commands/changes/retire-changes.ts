import { systemOfChange } from '../../../domain/change.js';
import type { ChangeOutcome, ChangeRecord } from '../../../domain/change-record.js';
import type { Context } from '../../context.js';
import { finish } from './carry-out-change.js';

/**
 * Ends changes of systems that were taken out of the settings, and tells their people: nobody looks there any
 * more.
 *
 * Says no more than is known: what was never sent was not sent, of what was on its way nobody can tell, and
 * what the system took it took.
 */
export async function retireChanges(context: Context): Promise<void> {
  const { store, backends, log } = context;
  const strangers = (await store.listOpenChanges()).filter(
    ({ change }) => !backends.has(systemOfChange(change)),
  );
  for (const record of strangers) await finish(context, record, record.phase, outcomeOf(record));
  if (strangers.length > 0) {
    log.warn(
      { changes: strangers.length },
      'Changes of systems that are not in the settings any more were ended',
    );
  }
}

function outcomeOf({ phase, started }: ChangeRecord): ChangeOutcome {
  if (phase === 'sending') return { kind: 'unknown' };
  return phase === 'following' ? { kind: 'done', ...(started ? { started } : {}) } : { kind: 'not-sent' };
}
