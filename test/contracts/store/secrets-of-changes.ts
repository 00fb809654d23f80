import { expect, it } from '@jest/globals';
import type { Store } from '../../../src/ports/store.js';
import { noonMs } from '../../support/an-approval.js';
import { aChange, aProposal } from './a-change.js';

/** What holds in every store for what changes must not keep. */
export function describeSecretsOfChanges(store: () => Store): void {
  it('forgets where old private answers went, and nothing else of a change', async () => {
    const { responseUrl: _secret, ...kept } = aChange({ phase: 'over', outcome: { kind: 'unknown' } });
    await store().addChange(aChange({ phase: 'over', outcome: { kind: 'unknown' } }));
    await store().forgetSecrets(noonMs + 1);
    expect(await store().findChange('change-1')).toEqual(kept);
  });

  it('forgets it in every phase', async () => {
    for (const phase of ['confirmed', 'sending', 'following', 'over'] as const) {
      await store().addChange(aChange({ id: phase, phase }));
    }
    await store().forgetSecrets(noonMs + 1);
    for (const phase of ['confirmed', 'sending', 'following', 'over'] as const) {
      const found = await store().findChange(phase);
      expect(found?.phase).toBe(phase);
      expect(found).not.toHaveProperty('responseUrl');
    }
  });

  it('keeps where the answer to a young confirmation goes, however old its proposal is', async () => {
    const change = aChange({ proposedAtMs: noonMs - 60_000 });
    await store().addChange(change);
    await store().forgetSecrets(noonMs);
    expect(await store().findChange('change-1')).toEqual(change);
  });

  it('forgets proposals nobody confirmed, once they are old', async () => {
    await store().addChange(aProposal({ id: 'old', proposedAtMs: noonMs - 1 }));
    await store().addChange(aProposal({ id: 'new' }));
    await store().forgetSecrets(noonMs);
    expect(await store().findChange('old')).toBeUndefined();
    expect(await store().findChange('new')).toEqual(aProposal({ id: 'new' }));
  });
}
