import { expect, it } from '@jest/globals';
import { createHmacSigner } from '../../../src/crypto.js';
import { nextRecord } from '../../../src/domain/ledger.js';
import type { Transaction } from '../../../src/ports/store.js';
import {
  aClick,
  aDecision,
  anApproval,
  aPersonId,
  aSignal,
  aVote,
  noonMs,
} from '../../support/an-approval.js';
import { describePostgres } from '../../support/postgres/describe-postgres.js';
import { meetingOf, openTwice } from './two-stores.js';

describePostgres('two bots on one database', (server) => {
  const stores = openTwice(server);

  /** Both read before either writes; whoever loses is run again. */
  async function afterBothRead<T>(
    work: (transaction: Transaction, meet: () => Promise<void>, bot: string) => Promise<T>,
  ) {
    const meet = meetingOf(2);
    const bots = ['one', 'two'];
    return Promise.all(
      stores().map((store, index) =>
        store.inTransaction((transaction) => work(transaction, meet, bots[index] ?? '')),
      ),
    );
  }

  it('never count two votes as if the other were not there', async () => {
    await stores()[0].addApproval(anApproval());
    const counts = await afterBothRead(async (transaction, meet, bot) => {
      const votes = await transaction.listVotes('approval-a');
      await meet();
      await transaction.addVote('approval-a', aVote({ person: aPersonId(bot) }));
      return votes.length + 1;
    });
    expect([...counts].sort()).toEqual([1, 2]);
  });

  it('put an approval of a run once', async () => {
    const opened = await afterBothRead(async (transaction, meet, bot) => {
      const latest = await transaction.latestApprovalOf(anApproval().instance.ref);
      await meet();
      if (latest) return 'there';
      await transaction.addApproval(anApproval({ id: bot, code: bot }));
      return 'put';
    });
    expect([...opened].sort()).toEqual(['put', 'there']);
    expect(await stores()[0].listOpenApprovals()).toHaveLength(1);
  });

  it('track what was put first and came to be there last', async () => {
    const [one, other] = stores();
    const alike = (id: string, attempt: number) => anApproval({ id, code: id, attempt });
    await one.addApproval(alike('gone', 1));
    await one.inTransaction(async (transaction) => {
      await transaction.addApproval(alike('late', 2));
      await other.addApproval(alike('early', 3));
      expect([...(await other.listTracked('command'))].map(({ id }) => id)).toEqual(['gone', 'early']);
      const state = { kind: 'ended', ending: { kind: 'not-visible' }, atMs: noonMs } as const;
      await transaction.saveApproval({ ...alike('gone', 1), state }, 0, noonMs);
    });
    expect([...(await other.listTracked('command'))].map(({ id }) => id)).toEqual(['late', 'early']);
  });

  it('count every silence of a system', async () => {
    await afterBothRead(async (transaction, meet) => {
      const before = Number((await transaction.getNote('count')) ?? 0);
      await meet();
      await transaction.putNote('count', String(before + 1));
    });
    expect(await stores()[0].getNote('count')).toBe('2');
  });

  it('finish a click once, and do for it what belongs to it once', async () => {
    await stores()[0].addApproval(anApproval());
    await stores()[0].addClick(aClick());
    const done = await afterBothRead(async (transaction, meet, bot) => {
      const click = await transaction.findClick('click-1');
      await meet();
      if (!click || click.reply) return 'nothing';
      await transaction.addSignal(aSignal({ id: bot, decision: aDecision() }));
      await transaction.finishClick('click-1', { kind: 'nothing-to-withdraw' }, noonMs);
      return 'signal';
    });
    expect([...done].sort()).toEqual(['nothing', 'signal']);
    expect(await stores()[1].listUnsettledSignals()).toHaveLength(1);
  });

  it('want the newest version on a card that was added while its approval changed', async () => {
    await stores()[0].addApproval(anApproval());
    await afterBothRead(async (transaction, meet, bot) => {
      const approval = await transaction.findApproval('approval-a');
      await meet();
      if (bot === 'one')
        await transaction.addCard('approval-a', { kind: 'channel', channel: 'C0' }, 10, noonMs);
      else if (approval) await transaction.saveApproval(approval, 10, noonMs);
    });
    expect(await stores()[0].listCards('approval-a')).toMatchObject([{ wantedVersion: 2 }]);
  });

  it('add to a chain of the ledger one after the other, and lose no record', async () => {
    const signer = createHmacSigner(undefined);
    const entry = { system: 'corp', kind: 'decision', atMs: noonMs } as const;
    await afterBothRead(async (transaction, meet) => {
      await transaction.listLedgerHeads();
      await meet();
      await transaction.appendLedger('corp', (head) => nextRecord(signer, entry, head));
    });
    const many = Array.from({ length: 30 }, (_, index) =>
      at(index).appendLedger('corp', (head) => nextRecord(signer, entry, head)),
    );
    await Promise.all(many);
    const records = await stores()[0].listLedger({ system: 'corp', after: 0, limit: 100 });
    expect(records.map(({ number }) => number)).toEqual(Array.from({ length: 32 }, (_, index) => index + 1));
    expect(records.slice(1).map(({ previous }) => previous)).toEqual(
      records.slice(0, -1).map(({ mac }) => mac),
    );
  });

  it('write the same press down once', async () => {
    const replies = await Promise.all(stores().map((store) => store.addClick(aClick())));
    expect([...replies].sort()).toEqual(['repeated', 'written']);
  });

  it('let one signal of a run be on its way', async () => {
    await stores()[0].addApproval(anApproval());
    const ids = Array.from({ length: 10 }, (_, index) => `signal-${index}`);
    const added = await Promise.all(ids.map((id, index) => at(index).addSignal(aSignal({ id }))));
    expect(added.filter((isAdded) => isAdded)).toEqual([true]);
  });

  it('give a code to one run', async () => {
    const ids = Array.from({ length: 10 }, (_, index) => String(index));
    const given = await Promise.all(
      ids.map((id, index) => at(index).addCode('K7', { system: 'command', id })),
    );
    expect(given.filter((isGiven) => isGiven)).toEqual([true]);
  });

  it('share the turns of a lane', async () => {
    const rateLimit = { everyMs: 1_000, burst: 3 };
    const slots = Array.from({ length: 12 }, (_, index) => at(index).takeSlot('C0', rateLimit, noonMs));
    expect((await Promise.all(slots)).filter((waitMs) => waitMs === 0)).toHaveLength(3);
  });

  it('never deliver the same thing both', async () => {
    await stores()[0].addApproval(anApproval());
    const channels = Array.from({ length: 60 }, (_, index) => `C${index}`);
    for (const channel of channels) {
      await stores()[0].addCard('approval-a', { kind: 'channel', channel }, 10, noonMs);
    }
    const claimAll = async (worker: number): Promise<readonly string[]> => {
      const claim = { nowMs: noonMs, limit: 4, leaseMs: 30_000, claim: `claim-${worker}` };
      const found = await at(worker).claimDueDeliveries(claim);
      return found.length === 0 ? [] : [...found.map(({ id }) => id), ...(await claimAll(worker))];
    };
    const claimed = (await Promise.all([0, 1, 2, 3, 4, 5].map(claimAll))).flat();
    expect(claimed).toHaveLength(60);
    expect(new Set(claimed).size).toBe(60);
  });

  it('pass over a delivery somebody is changing, and deliver the others meanwhile', async () => {
    await stores()[0].addApproval(anApproval());
    for (const channel of ['C1', 'C2']) {
      await stores()[0].addCard('approval-a', { kind: 'channel', channel }, 10, noonMs);
    }
    const [first] = await stores()[0].listCards('approval-a');
    const claim = { nowMs: noonMs, limit: 10, leaseMs: 30_000, claim: 'other' };
    const others = await stores()[0].inTransaction(async (transaction) => {
      await transaction.giveUpDelivery(first?.id ?? '', { error: 'gone', nowMs: noonMs, version: 1 });
      return stores()[1].claimDueDeliveries(claim);
    });
    expect(others.map(({ target }) => target)).toEqual([{ kind: 'channel', channel: 'C2' }]);
  });

  /** One of the two, in turn. */
  function at(index: number) {
    return stores()[index % 2 === 0 ? 0 : 1];
  }
});
