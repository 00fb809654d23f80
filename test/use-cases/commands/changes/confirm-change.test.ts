import { describe, expect, it } from '@jest/globals';
import type { Store } from '../../../../src/ports/store.js';
import { confirmChange } from '../../../../src/use-cases/commands/change.js';
import { aProposal } from '../../../contracts/store/a-change.js';
import { openFreshStore } from '../../../support/fresh-store.js';
import { createWorlds } from '../../world/worlds.js';

const worlds = createWorlds();

describe('confirming a change while the store is lost', () => {
  async function open(when: 'before it writes' | 'after it has written') {
    const inner = await openFreshStore();
    const store: Store = {
      ...inner,
      async inTransaction(work) {
        if (when === 'after it has written') await inner.inTransaction(work);
        throw new Error('Connection terminated unexpectedly');
      },
    };
    const { context } = await worlds.open({ store });
    const proposal = aProposal({ proposedAtMs: context.now() });
    await store.addChange(proposal);
    return { context, proposal };
  }

  it('is confirmed where it was written: its person is not told otherwise', async () => {
    const { context, proposal } = await open('after it has written');
    expect(await confirmChange(context, proposal.id, proposal)).toBe('confirmed');
  });

  it('is an error where it was not, and stays a proposal', async () => {
    const { context, proposal } = await open('before it writes');
    await expect(confirmChange(context, proposal.id, proposal)).rejects.toThrow('terminated');
    expect(await context.store.findChange(proposal.id)).toEqual(proposal);
  });
});
