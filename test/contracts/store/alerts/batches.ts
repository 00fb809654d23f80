import { expect, it } from '@jest/globals';
import type { Store } from '../../../../src/ports/store.js';
import { noonMs } from '../../../support/an-approval.js';
import { aChange, anExecution, aProposal } from '../a-change.js';

const runRef = { system: 'command', id: 'run-1' };
const stop = { kind: 'stop', instance: runRef } as const;

/** What holds in every store for changes asked for together, and for what was done to a run. */
export function describeBatches(store: () => Store): void {
  it('lists the changes of a batch in their order, and no others', async () => {
    const batch = (place: number, id = 'batch-1') => ({ id, incidentId: 'incident-1', place });
    await store().addChange(aProposal({ id: 'b', batch: batch(0) }));
    await store().addChange(aProposal({ id: 'c', batch: batch(10) }));
    await store().addChange(aProposal({ id: 'a', batch: batch(2) }));
    await store().addChange(aProposal({ id: 'd', batch: batch(1, 'batch-2') }));
    await store().addChange(aProposal({ id: 'e' }));
    expect((await store().listBatch('batch-1')).map(({ id }) => id)).toEqual(['b', 'a', 'c']);
    expect(await store().listBatch('none')).toEqual([]);
  });

  it('keeps the batch of a change as the change goes on', async () => {
    const batch = { id: 'batch-1', incidentId: 'incident-1', place: 0 };
    await store().addChange(aProposal({ batch }));
    await store().saveChange(aChange({ batch }), 'proposed');
    expect(await store().listBatch('batch-1')).toEqual([aChange({ batch })]);
  });

  it('lists what was confirmed about a run, the latest first', async () => {
    await store().addChange(aChange({ id: 'a', change: stop, confirmedAtMs: noonMs }));
    await store().addChange(aChange({ id: 'b', change: stop, confirmedAtMs: noonMs + 2, phase: 'over' }));
    await store().addChange(aChange({ id: 'c', change: stop, confirmedAtMs: noonMs + 1 }));
    expect((await store().listChangesOn(runRef)).map(({ id }) => id)).toEqual(['b', 'c', 'a']);
  });

  it('lists nothing that was only proposed, is about another run, or starts one', async () => {
    await store().addChange(aProposal({ id: 'a', change: stop }));
    const elsewhere = { kind: 'stop', instance: { system: 'other', id: 'run-1' } } as const;
    await store().addChange(aChange({ id: 'b', change: elsewhere }));
    await store().addChange(aChange({ id: 'c', change: anExecution() }));
    expect(await store().listChangesOn(runRef)).toEqual([]);
  });
}
