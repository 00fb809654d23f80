import { expect, it } from '@jest/globals';
import { ChangedMeanwhile, type Store } from '../../../src/ports/store.js';
import { aDecision, anApproval, anInstance, noonMs } from '../../support/an-approval.js';

const ref = anInstance().ref;

/** What holds for approvals in every store. */
export function describeApprovals(store: () => Store): void {
  it('gives an approval back as it was put', async () => {
    const approval = anApproval({
      instance: anInstance({ title: 'Zertifikat für „größe“ 🔐' }),
      state: { kind: 'waiting', note: { kind: 'vote-void', names: ['Ada Okafor'] } },
    });
    expect(await store().addApproval(approval)).toBe(true);
    expect(await store().findApproval(approval.id)).toEqual(approval);
  });

  it('knows nothing of an approval that was never put', async () => {
    expect(await store().findApproval('nobody')).toBeUndefined();
    expect(await store().latestApprovalOf(ref)).toBeUndefined();
    expect(await store().lastAttempt(ref, 'approval-1')).toBe(0);
    expect(await store().isCodeTaken('K7F3')).toBe(false);
  });

  it('puts one approval per instance, step and attempt, and keeps the code of a refused one free', async () => {
    await store().addApproval(anApproval());
    expect(await store().addApproval(anApproval({ id: 'again', code: 'Z9Z9' }))).toBe(false);
    expect(await store().findApproval('again')).toBeUndefined();
    expect(await store().isCodeTaken('Z9Z9')).toBe(false);
  });

  it('puts a further attempt and a further step of the same instance', async () => {
    await store().addApproval(anApproval());
    expect(await store().addApproval(anApproval({ id: 'b', code: 'B', attempt: 2 }))).toBe(true);
    expect(await store().addApproval(anApproval({ id: 'c', code: 'C', step: 'approval-2' }))).toBe(true);
    expect(await store().lastAttempt(ref, 'approval-1')).toBe(2);
    expect(await store().lastAttempt(ref, 'approval-2')).toBe(1);
    expect((await store().latestApprovalOf(ref))?.id).toBe('c');
  });

  it('lists every approval of an instance, ended or not, the latest first', async () => {
    const ended = { kind: 'ended', ending: { kind: 'not-visible' }, atMs: noonMs } as const;
    const elsewhere = anInstance({ ref: { ...ref, id: 'another' } });
    await store().addApproval(anApproval({ id: 'z', code: 'Z' }));
    await store().addApproval(anApproval({ id: 'o', code: 'O', instance: elsewhere }));
    await store().addApproval(anApproval({ id: 'a', code: 'A', attempt: 2 }));
    await store().saveApproval(anApproval({ id: 'z', code: 'Z', state: ended }), 0, noonMs);
    expect((await store().listApprovalsOf(ref)).map(({ id }) => id)).toEqual(['a', 'z']);
  });

  it('never gives a code out twice', async () => {
    await store().addApproval(anApproval());
    expect(await store().isCodeTaken('K7F3')).toBe(true);
    await expect(store().addApproval(anApproval({ id: 'b', attempt: 2 }))).rejects.toThrow();
    expect(await store().findApproval('b')).toBeUndefined();
  });

  it('lists what is open in one system, oldest first', async () => {
    const elsewhere = anInstance({ ref: { system: 'other', id: '1' } });
    await store().addApproval(anApproval({ id: 'z', code: 'Z' }));
    await store().addApproval(anApproval({ id: 'a', code: 'A', attempt: 2 }));
    await store().addApproval(anApproval({ id: 'o', code: 'O', instance: elsewhere }));
    expect((await store().listOpenApprovals('command')).map(({ id }) => id)).toEqual(['z', 'a']);
  });

  it('lists what is open in one state', async () => {
    const delayed = { kind: 'held', decision: aDecision(), untilMs: noonMs + 60_000 } as const;
    await store().addApproval(anApproval({ id: 'w', code: 'W' }));
    await store().addApproval(anApproval({ id: 'h', code: 'H', attempt: 2 }));
    await store().saveApproval(anApproval({ id: 'h', code: 'H', attempt: 2, state: delayed }), 0, noonMs);
    expect((await store().listOpenApprovals('command', 'held')).map(({ id }) => id)).toEqual(['h']);
    expect((await store().listOpenApprovals(undefined, 'waiting')).map(({ id }) => id)).toEqual(['w']);
    expect(await store().listOpenApprovals('other', 'held')).toEqual([]);
  });

  it('goes through all that is open, however few at a time', async () => {
    const ended = { kind: 'ended', ending: { kind: 'not-visible' }, atMs: noonMs } as const;
    const elsewhere = anInstance({ ref: { system: 'other', id: '1' } });
    for (const [index, id] of ['e', 'd', 'c', 'b', 'a'].entries()) {
      const instance = id === 'b' ? elsewhere : anInstance();
      await store().addApproval(anApproval({ id, code: id, attempt: index + 1, instance }));
    }
    await store().saveApproval(anApproval({ id: 'c', code: 'c', attempt: 3, state: ended }), 0, noonMs);
    for (const atOnce of [1, 2, 4, 5]) {
      const open: string[] = [];
      for await (const { id } of store().eachOpenApproval(atOnce)) open.push(id);
      expect(open).toEqual(['e', 'd', 'b', 'a']);
    }
  });

  it('tells what a look needs of the open ones, as they were last saved', async () => {
    const ended = { kind: 'ended', ending: { kind: 'not-visible' }, atMs: noonMs } as const;
    const moved = { instance: anInstance({ fingerprint: 'f2' }), isAssigned: false };
    await store().addApproval(anApproval({ id: 'z', code: 'Z' }));
    await store().addApproval(anApproval({ id: 'a', code: 'A', attempt: 2 }));
    await store().addApproval(anApproval({ id: 'e', code: 'E', attempt: 3 }));
    await store().saveApproval(anApproval({ id: 'a', code: 'A', attempt: 2, ...moved }), 0, noonMs);
    await store().saveApproval(anApproval({ id: 'e', code: 'E', attempt: 3, state: ended }), 0, noonMs);
    const { step } = anApproval();
    expect([...(await store().listTracked('command'))]).toEqual([
      { id: 'z', ref, step, version: 1, fingerprint: 'f1', isAssigned: true },
      { id: 'a', ref, step, version: 2, fingerprint: 'f2', isAssigned: false },
    ]);
    expect([...(await store().listTracked('other'))]).toEqual([]);
  });

  it('lists an approval no longer once it has ended, and still tells what became of it', async () => {
    const approval = anApproval();
    await store().addApproval(approval);
    const ended = anApproval({
      state: { kind: 'ended', ending: { kind: 'not-visible' }, atMs: noonMs },
    });
    await store().saveApproval(ended, 0, noonMs);
    expect(await store().listOpenApprovals('command')).toEqual([]);
    expect((await store().latestApprovalOf(ref))?.state).toEqual(ended.state);
  });

  it('saves a change under the next version', async () => {
    await store().addApproval(anApproval());
    const saved = await store().saveApproval(anApproval({ revision: 2 }), 0, noonMs);
    expect(saved).toEqual(anApproval({ revision: 2, version: 2 }));
    expect(await store().findApproval(saved.id)).toEqual(saved);
  });

  it('keeps the decision people made', async () => {
    const state = { kind: 'held', decision: aDecision(), untilMs: noonMs + 60_000 } as const;
    await store().addApproval(anApproval());
    await store().saveApproval(anApproval({ state }), 0, noonMs);
    expect((await store().findApproval('approval-a'))?.state).toEqual(state);
  });

  it('refuses to save over a change somebody else made meanwhile', async () => {
    await store().addApproval(anApproval());
    const saved = await store().saveApproval(anApproval({ revision: 2 }), 0, noonMs);
    await expect(store().saveApproval(anApproval({ revision: 9 }), 0, noonMs)).rejects.toThrow(
      ChangedMeanwhile,
    );
    expect(await store().findApproval(saved.id)).toEqual(saved);
  });

  it('lets only one of two writers who read the same version save', async () => {
    await store().addApproval(anApproval());
    const writes = [2, 3].map((revision) => store().saveApproval(anApproval({ revision }), 0, noonMs));
    const kinds = (await Promise.allSettled(writes)).map(({ status }) => status);
    expect(kinds.sort()).toEqual(['fulfilled', 'rejected']);
  });
}
