import { beforeEach, expect, it } from '@jest/globals';
import { createHmacSigner } from '../../../src/crypto.js';
import type { Approval } from '../../../src/domain/approval.js';
import { nextRecord } from '../../../src/domain/ledger.js';
import { holdKey, inboundKeys } from '../../../src/domain/retention.js';
import type { PackedKind, RemovableKind, RemovalPlace, Store } from '../../../src/ports/store.js';
import { sha256Of } from '../../../src/shared/fingerprint-of.js';
import {
  aClick,
  anApproval,
  anInboundApproval,
  anInstance,
  aPersonId,
  aReceipt,
  aSignal,
  aVote,
  noonMs,
} from '../../support/an-approval.js';
import { anIncident } from '../../support/an-incident.js';
import { aChange } from './a-change.js';

const day = 24 * 60 * 60_000;
const laterMs = noonMs + 30 * day;
const beforeMs = noonMs + 20 * day;
const signer = createHmacSigner(Buffer.from('the key of a contract, 32 bytes.'));

/** An approval that ended a day after it was put. */
function ended(overrides: Partial<Approval> = {}): Approval {
  const now = { status: { kind: 'complete', raw: 'Complete' } } as const;
  return anApproval({
    state: { kind: 'ended', atMs: noonMs + day, ending: { kind: 'approved', now, elsewhere: false } },
    waitingSinceMs: noonMs,
    ...overrides,
  });
}

/** What is removed, and what must not be, in every store. */
export function describeRetention(store: () => Store): void {
  const removeOf = async (kind: RemovableKind, limit = 2): Promise<readonly string[]> => {
    const gone: string[] = [];
    let after: RemovalPlace | undefined;
    do {
      const page = await store().inTransaction(async (transaction) => {
        const found = await transaction.listRemovable(kind, { beforeMs, after, limit });
        await transaction.removeForGood(kind, found.ids, laterMs);
        return found;
      });
      gone.push(...page.ids);
      after = page.next;
    } while (after);
    return gone;
  };
  const put = async (approval: Approval): Promise<Approval> => {
    await store().addApproval(approval);
    return approval;
  };
  const run = (id: string) => anInstance({ ref: { ...anInstance().ref, id } });

  beforeEach(async () => {
    await put(ended());
  });

  it('removes an approval that ended long ago with all that belonged to it, and nothing of another', async () => {
    const other = await put(ended({ id: 'approval-b', code: 'B2B2', instance: run('other') }));
    for (const id of ['approval-a', other.id]) {
      await store().addVote(id, aVote());
      await store().addSignal(aSignal({ id: `s-${id}`, approvalId: id, phase: 'settled' }));
      await store().addCard(id, { kind: 'channel', channel: 'C0PKI' }, 10, noonMs);
      await store().addClick(aClick({ id: `c-${id}`, approvalId: id }));
      await store().finishClick(`c-${id}`, { kind: 'unknown-card' }, noonMs);
      await store().addReceipt(aReceipt({ code: `R-${id}`, approvalId: id }));
    }
    for (const due of await store().claimDueDeliveries({ nowMs: noonMs, limit: 9, leaseMs: 1, claim: 'c' }))
      await store().markDelivered(due.id, {
        message: { channel: 'C0PKI', ts: `1.${due.id}` },
        version: due.wantedVersion,
      });
    await store().putNote(holdKey(other.instance.ref), 'court');
    expect(await removeOf('approvals')).toEqual(['approval-a']);
    expect(await removeOf('clicks')).toEqual(['c-approval-a']);
    expect(await removeOf('receipts')).toEqual(['R-approval-a']);
    expect(await store().findApproval('approval-a')).toBeUndefined();
    expect(await store().listVotes('approval-a')).toEqual([]);
    expect(await store().findSignal('s-approval-a')).toBeUndefined();
    expect(await store().listCards('approval-a')).toEqual([]);
    expect(await store().findApproval(other.id)).toEqual(other);
    expect(await store().listVotes(other.id)).toHaveLength(1);
    expect(await store().listCards(other.id)).toHaveLength(1);
    expect(await store().findClick(`c-${other.id}`)).toBeDefined();
    expect(await store().findReceipt(`R-${other.id}`)).toBeDefined();
  });

  it('tells when an approval was removed, by its id and by its code, and gives no code or click out again', async () => {
    await store().addClick(aClick({ approvalId: 'approval-a' }));
    await store().finishClick('click-1', { kind: 'unknown-card' }, noonMs);
    await store().addReceipt(aReceipt({ code: 'RCPT22', approvalId: 'approval-a' }));
    await removeOf('approvals');
    await removeOf('clicks');
    await removeOf('receipts');
    expect(await store().findRemoval('approval', 'approval-a')).toBe(laterMs);
    expect(await store().findRemoval('code', anApproval().code)).toBe(laterMs);
    expect(await store().findRemoval('code', 'NONE')).toBeUndefined();
    expect(await store().findRemoval('approval', 'never')).toBeUndefined();
    expect(await store().isCodeTaken(anApproval().code)).toBe(true);
    expect(await store().findByCode(anApproval().code)).toEqual(anInstance().ref);
    expect(await store().isCodeTaken('RCPT22')).toBe(true);
    expect(await store().addReceipt(aReceipt({ code: 'RCPT22' }))).toBe(false);
    expect(await store().addClick(aClick())).toBe('repeated');
    expect(await store().findClick('click-1')).toBeUndefined();
    expect(await store().addClick(aClick({ id: 'click-2' }))).toBe('written');
  });

  it('keeps in mind what a workflow may ask for again', async () => {
    const inbound = await put(
      anInboundApproval({ id: 'told', code: 'T0LD', state: ended().state, waitingSinceMs: noonMs }),
    );
    await removeOf('approvals');
    for (const key of inboundKeys(inbound.instance.ref, inbound.step, inbound.inbound?.activityId))
      expect(await store().findRemoval('inbound', key)).toBe(laterMs);
  });

  it('keeps what ended lately, what waits, and what nobody knows the outcome of', async () => {
    const { state } = ended();
    if (state.kind !== 'ended') throw new Error('It has ended');
    const now = { status: { kind: 'running', raw: 'Running' } } as const;
    const unknown = { ...state, ending: { kind: 'outcome-unknown', now } } as const;
    await put(ended({ id: 'young', code: 'Y1', instance: run('1'), state: { ...state, atMs: beforeMs } }));
    await put(anApproval({ id: 'waits', code: 'W1', instance: run('2') }));
    await put(ended({ id: 'unknown', code: 'U1', instance: run('3'), state: unknown }));
    await put(ended({ id: 'old', code: 'O1', instance: run('4') }));
    expect(await removeOf('approvals')).toEqual(['approval-a', 'old']);
  });

  it('keeps an approval whose run waits at another step, has failed, is watched, or is being changed', async () => {
    for (const id of ['waits', 'failed', 'watched', 'changed'])
      await put(ended({ id, code: id, instance: run(id) }));
    await put(anApproval({ id: 'next', code: 'N1', step: 'Second', instance: run('waits') }));
    await store().putFailure({
      instance: run('failed'),
      incidentId: 'incident-1',
      state: 'failed',
      failedAtMs: noonMs,
      isOld: false,
    });
    await store().watchRun(run('watched').ref, noonMs);
    await store().addChange(aChange({ change: { kind: 'stop', instance: run('changed').ref } }));
    expect(await removeOf('approvals')).toEqual(['approval-a']);
  });

  it('keeps an approval with a signal that is not settled', async () => {
    await store().addSignal(aSignal({ approvalId: 'approval-a', phase: 'sending' }));
    expect(await removeOf('approvals')).toEqual([]);
  });

  it('keeps an approval until its last edit is shown, and its receipt and outcome are delivered', async () => {
    const channel = { kind: 'channel', channel: 'C0PKI' } as const;
    const person = { kind: 'person', person: aPersonId() } as const;
    const deliverAll = async (ts: string) => {
      const due = await store().claimDueDeliveries({ nowMs: laterMs, limit: 9, leaseMs: 1, claim: ts });
      for (const { id, wantedVersion } of due)
        await store().markDelivered(id, { message: { channel: id, ts }, version: wantedVersion });
    };
    await store().addCard('approval-a', channel, 10, noonMs);
    expect(await removeOf('approvals')).toEqual([]);
    await deliverAll('1.1');
    await store().saveApproval(ended(), 0, noonMs);
    expect(await removeOf('approvals')).toEqual([]);
    await deliverAll('1.2');
    await store().addNotice('outcome:1', { kind: 'outcome', approval: ended() }, person, noonMs);
    expect(await removeOf('approvals')).toEqual([]);
    await deliverAll('1.3');
    await store().addNotice(
      'receipt:1',
      { kind: 'receipt', receipt: aReceipt({ approvalId: 'approval-a' }), approval: ended() },
      person,
      noonMs,
    );
    expect(await removeOf('approvals')).toEqual([]);
    expect(await removeOf('notices')).toEqual([]);
    await deliverAll('1.4');
    expect(await removeOf('approvals')).toEqual(['approval-a']);
    expect(await removeOf('notices')).toHaveLength(2);
    expect(await store().countPending()).toBe(0);
  });

  it('removes the text that was shown with the approval it was about, and leaves its record', async () => {
    const { system, id: instance } = anInstance().ref;
    const decide = (code: string, evidence: string) =>
      store().appendLedger(system, (head) =>
        nextRecord(
          signer,
          { system, kind: 'decision', atMs: noonMs, instance, code, shown: { revision: 1, evidence } },
          head,
        ),
      );
    await store().addEvidence('sha-a', 'what was shown');
    await store().addEvidence('sha-b', 'what was shown elsewhere');
    await decide(anApproval().code, 'sha-a');
    await decide('OTHER', 'sha-b');
    await removeOf('approvals');
    expect(await store().findEvidence('sha-a')).toBeUndefined();
    expect(await store().findEvidence('sha-b')).toBe('what was shown elsewhere');
    expect(await store().listLedger({ system, after: 0, limit: 9 })).toHaveLength(2);
  });

  it('goes through more than fit on a page', async () => {
    for (const id of ['b', 'c', 'd', 'e', 'f'])
      await put(ended({ id: `approval-${id}`, code: id, instance: run(id) }));
    expect(await removeOf('approvals')).toHaveLength(6);
    for (let at = 0; at < 7; at += 1) {
      await store().addClick(aClick({ id: `c${at}`, approvalId: 'gone' }));
      await store().finishClick(`c${at}`, { kind: 'unknown-card' }, noonMs + (at % 2));
    }
    expect(await removeOf('clicks')).toHaveLength(7);
    expect(await removeOf('clicks')).toEqual([]);
  });

  it('removes an alert that is over with its failed runs, and none behind which a run is followed', async () => {
    const over = { kind: 'resolved', atMs: noonMs, how: { kind: 'quiet' } } as const;
    const times = { firstAtMs: noonMs, lastAtMs: noonMs, heardAtMs: noonMs };
    for (const id of ['over', 'followed', 'open']) {
      const state = id === 'open' ? ({ kind: 'open' } as const) : over;
      await store().addIncident(anIncident({ id, code: `C${id}`, key: id, ...times, state }));
      const isOver = id !== 'followed';
      await store().putFailure({
        instance: run(id),
        incidentId: id,
        state: isOver ? 'given-up' : 'retrying',
        failedAtMs: noonMs,
        isOld: false,
      });
    }
    expect(await removeOf('alerts')).toEqual(['over']);
    expect(await store().findIncident('over')).toBeUndefined();
    expect(await store().findFailure(run('over').ref)).toBeUndefined();
    const { system } = anInstance().ref;
    expect(await store().findRemoval('failure', `${system}/over`)).toBe(laterMs);
    expect(await store().findRemoval('alert', 'over')).toBe(laterMs);
    expect(await store().findFailure(run('followed').ref)).toBeDefined();
  });

  it('keeps an alert with its failed runs and messages while one of those runs is on hold', async () => {
    const over = { kind: 'resolved', atMs: noonMs, how: { kind: 'quiet' } } as const;
    const times = { firstAtMs: noonMs, lastAtMs: noonMs, heardAtMs: noonMs };
    const channel = { kind: 'channel', channel: 'C0OPS' } as const;
    for (const id of ['held', 'free']) {
      await store().addIncident(anIncident({ id, code: `C${id}`, key: id, ...times, state: over }));
      await store().addAlert(id, channel, noonMs);
      for (const which of ['a', 'b'])
        await store().putFailure({
          instance: run(`${id}-${which}`),
          incidentId: id,
          state: 'given-up',
          failedAtMs: noonMs,
          isOld: false,
        });
    }
    for (const due of await store().claimDueDeliveries({ nowMs: noonMs, limit: 9, leaseMs: 1, claim: 'c' }))
      await store().markDelivered(due.id, {
        message: { channel: 'C0OPS', ts: `1.${due.id}` },
        version: due.wantedVersion,
      });
    await store().putNote(holdKey(run('held-b').ref), 'court');
    expect(await removeOf('alerts')).toEqual(['free']);
    expect(await store().findIncident('held')).toBeDefined();
    expect(await store().findFailure(run('held-a').ref)).toBeDefined();
    expect(await store().findFailure(run('held-b').ref)).toBeDefined();
    expect(await store().alertMessage('held', channel)).toMatchObject({ channel: 'C0OPS' });
    await store().putNote(holdKey(run('held-b').ref), '');
    expect(await removeOf('alerts')).toEqual(['held']);
  });

  it('removes changes that are over, and none under way or just proposed', async () => {
    for (const phase of ['proposed', 'confirmed', 'sending', 'following', 'over'] as const)
      await store().addChange(
        aChange({ id: phase, phase, change: { kind: 'stop', instance: run(phase).ref } }),
      );
    await store().addChange(
      aChange({ id: 'young', phase: 'over', proposedAtMs: beforeMs, confirmedAtMs: beforeMs }),
    );
    expect(await removeOf('changes')).toEqual(['over']);
  });

  it('cuts only the beginning of a chain, as many records as wanted', async () => {
    for (let at = 0; at < 5; at += 1)
      await store().appendLedger('corp', (head) =>
        nextRecord(signer, { system: 'corp', kind: 'ending', atMs: noonMs }, head),
      );
    expect(await store().cutLedger('corp', { upTo: 4, limit: 3 })).toBe(3);
    expect(await store().cutLedger('corp', { upTo: 4, limit: 3 })).toBe(1);
    expect(await store().cutLedger('corp', { upTo: 4, limit: 3 })).toBe(0);
    const left = await store().listLedger({ system: 'corp', after: 0, limit: 9 });
    expect(left.map(({ number }) => number)).toEqual([5]);
    expect(await store().lastCheckpoint('corp')).toBeUndefined();
  });

  it('packs what is over where it stands, and gives it back as it was', async () => {
    await store().addVote('approval-a', aVote());
    await store().addSignal(aSignal({ approvalId: 'approval-a', phase: 'settled' }));
    await store().addClick(aClick({ approvalId: 'approval-a', comment: 'a long comment '.repeat(9) }));
    await store().finishClick('click-1', { kind: 'over', approval: ended() }, noonMs);
    await store().addReceipt(aReceipt({ code: 'RCPT22', approvalId: 'approval-a' }));
    const waits = await put(anApproval({ id: 'waits', code: 'W1', instance: run('2') }));
    const before = await Promise.all([
      store().findApproval('approval-a'),
      store().findClick('click-1'),
      store().findReceipt('RCPT22'),
      store().findSignal('signal-1'),
    ]);
    for (const kind of ['approvals', 'clicks', 'receipts'] as const) {
      const first = await store().packOld(kind, { beforeMs, limit: 10 });
      expect(first.packed).toBeGreaterThan(0);
      expect(await store().packOld(kind, { beforeMs, limit: 10 })).toMatchObject({ packed: 0 });
      expect(await store().packOld(kind, { beforeMs, after: first.next, limit: 10 })).toEqual({ packed: 0 });
    }
    const after = await Promise.all([
      store().findApproval('approval-a'),
      store().findClick('click-1'),
      store().findReceipt('RCPT22'),
      store().findSignal('signal-1'),
    ]);
    expect(after).toEqual(before);
    expect(await store().findApproval('waits')).toEqual(waits);
    expect(await removeOf('approvals')).toEqual(['approval-a']);
  });

  const packAll = async (kind: PackedKind, limit: number): Promise<number> => {
    let count = 0;
    let after: RemovalPlace | undefined;
    do {
      const page = await store().packOld(kind, { beforeMs, after, limit });
      count += page.packed;
      after = page.next;
    } while (after);
    return count;
  };

  it('packs every one of several clicks that were finished at the same time', async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) {
      await store().addClick(aClick({ id, approvalId: 'gone', comment: 'a long comment '.repeat(9) }));
      await store().finishClick(id, { kind: 'unknown-card' }, noonMs);
    }
    expect(await packAll('clicks', 2)).toBe(5);
  });

  it('tells of an old click what it was answered, about the approval as that ended', async () => {
    const deciding = ended({ state: { kind: 'waiting' }, version: 1 });
    await store().addClick(aClick({ approvalId: 'approval-a' }));
    await store().finishClick('click-1', { kind: 'decided', approval: deciding }, noonMs);
    const waits = await put(anApproval({ id: 'waits', code: 'W1', instance: run('2') }));
    await store().addClick(aClick({ id: 'click-2', approvalId: 'waits' }));
    await store().finishClick('click-2', { kind: 'being-decided', approval: waits }, noonMs);
    await packAll('clicks', 10);
    const approval = await store().findApproval('approval-a');
    expect((await store().findClick('click-1'))?.reply).toEqual({ kind: 'decided', approval });
    expect((await store().findClick('click-2'))?.reply).toEqual({ kind: 'being-decided', approval: waits });
    await removeOf('approvals');
    expect((await store().findClick('click-1'))?.reply).toEqual({ kind: 'removed', removedAtMs: laterMs });
  });

  it('removes an old message with the approval it was about, and not before, also once it is packed', async () => {
    const person = { kind: 'person', person: aPersonId() } as const;
    await store().addNotice('outcome:1', { kind: 'outcome', approval: ended() }, person, noonMs);
    const receipt = aReceipt({ code: 'RCPT22', approvalId: 'approval-a' });
    await store().addNotice('receipt:1', { kind: 'receipt', receipt, approval: ended() }, person, noonMs);
    // What was never posted may still be, and needs its words.
    await packAll('notices', 10);
    const claim = { nowMs: noonMs, limit: 9, leaseMs: 1, claim: 'c' };
    const due = await store().claimDueDeliveries(claim);
    expect(due.map(({ subject }) => subject)).toEqual([
      { kind: 'notice', notice: { kind: 'outcome', approval: ended() } },
      { kind: 'notice', notice: { kind: 'receipt', receipt, approval: ended() } },
    ]);
    for (const { id, wantedVersion } of due)
      await store().markDelivered(id, { message: { channel: 'D1', ts: id }, version: wantedVersion });
    expect(await packAll('notices', 1)).toBe(2);
    expect(await removeOf('notices')).toEqual([]);
    await removeOf('approvals');
    expect(await removeOf('notices')).toHaveLength(2);
  });

  it('gives back the text that was shown as it was, also once it is packed', async () => {
    const { system, id: instance } = anInstance().ref;
    const text = JSON.stringify({
      facts: { attributes: '', authority: 'CA', requester: 'KEYEXAMPLE' },
    }).repeat(9);
    const evidence = sha256Of(text);
    await store().addEvidence(evidence, text);
    await store().appendLedger(system, (head) => {
      const shown = { revision: 1, evidence };
      const { code } = anApproval();
      return nextRecord(signer, { system, kind: 'decision', atMs: noonMs, instance, code, shown }, head);
    });
    expect(await packAll('approvals', 10)).toBeGreaterThan(1);
    expect(await store().findEvidence(evidence)).toBe(text);
  });

  it('counts what is stored, and tells since when', async () => {
    expect(await store().countStored('approvals')).toEqual({ rows: 1, oldestMs: noonMs });
    expect(await store().countStored('alerts')).toEqual({ rows: 0 });
    expect(await store().countStored('changes')).toEqual({ rows: 0 });
    expect(await store().countStored('ledger')).toEqual({ rows: 0 });
  });
}
