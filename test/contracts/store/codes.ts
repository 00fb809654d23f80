import { expect, it } from '@jest/globals';
import type { Store } from '../../../src/ports/store.js';
import { anApproval, anInstance, noonMs } from '../../support/an-approval.js';

const ref = anInstance().ref;
const other = { system: 'command', id: 'other' };

/** What holds for the short codes of runs in every store. */
export function describeCodes(store: () => Store): void {
  const end = (id: string, code: string, attempt: number) =>
    store().saveApproval(
      anApproval({
        id,
        code,
        attempt,
        state: { kind: 'ended', ending: { kind: 'not-visible' }, atMs: noonMs },
      }),
      0,
      noonMs,
    );

  it('gives back the run behind a code', async () => {
    expect(await store().addCode('Q2Q2', ref)).toBe(true);
    expect(await store().findByCode('Q2Q2')).toEqual(ref);
    expect(await store().codeOf(ref)).toBe('Q2Q2');
  });

  it('knows no code of a run nobody spoke of, and no run behind a code never given out', async () => {
    await store().addCode('Q2Q2', other);
    expect(await store().codeOf(ref)).toBeUndefined();
    expect(await store().findByCode('Z9Z9')).toBeUndefined();
  });

  it('tells runs of the same id in two systems apart', async () => {
    await store().addCode('Q2Q2', ref);
    await store().addCode('R3R3', { ...ref, system: 'tasks' });
    expect(await store().codeOf(ref)).toBe('Q2Q2');
    expect(await store().findByCode('R3R3')).toEqual({ ...ref, system: 'tasks' });
  });

  it('lists the runs of a system that are watched or have a code, the latest first and each once', async () => {
    await store().addCode('Q2Q2', ref);
    await store().addCode('R3R3', other);
    await store().addCode('S4S4', ref);
    await store().addCode('T5T5', { system: 'tasks', id: 'far' });
    await store().watchRun({ system: 'command', id: 'watched' }, noonMs);
    const known = await store().listKnownRuns('command', 10);
    expect(known.map(({ id }) => id)).toEqual(['watched', ref.id, 'other']);
    expect(await store().listKnownRuns('command', 1)).toEqual([{ system: 'command', id: 'watched' }]);
  });

  it('gives the run behind the code of an approval, also after it has ended', async () => {
    await store().addApproval(anApproval());
    expect(await store().findByCode('K7F3')).toEqual(ref);
    await end('approval-a', 'K7F3', 1);
    expect(await store().findByCode('K7F3')).toEqual(ref);
    expect(await store().codeOf(ref)).toBe('K7F3');
  });

  it('gives no code out twice, not even to the same run', async () => {
    await store().addCode('Q2Q2', ref);
    expect(await store().addCode('Q2Q2', ref)).toBe(false);
    expect(await store().addCode('Q2Q2', other)).toBe(false);
    expect(await store().findByCode('Q2Q2')).toEqual(ref);
  });

  it('shares one place of codes with approvals', async () => {
    await store().addApproval(anApproval());
    expect(await store().addCode('K7F3', other)).toBe(false);
    await store().addCode('Q2Q2', other);
    expect(await store().isCodeTaken('Q2Q2')).toBe(true);
    await expect(store().addApproval(anApproval({ id: 'b', code: 'Q2Q2', attempt: 2 }))).rejects.toThrow();
    expect(await store().findApproval('b')).toBeUndefined();
  });

  it('lets exactly one of two who want the same code at once have it', async () => {
    const given = await Promise.all([ref, other].map((one) => store().addCode('Q2Q2', one)));
    expect(given.filter((isGiven) => isGiven)).toHaveLength(1);
  });

  it('prefers the code of an open approval to a newer one', async () => {
    await store().addApproval(anApproval());
    await store().addCode('Q2Q2', ref);
    expect(await store().codeOf(ref)).toBe('K7F3');
  });

  it('gives the newest code of a run nobody decides about', async () => {
    await store().addApproval(anApproval());
    await end('approval-a', 'K7F3', 1);
    await store().addCode('Z9Z9', ref);
    await store().addCode('A1A1', ref);
    expect(await store().codeOf(ref)).toBe('A1A1');
  });

  it('gives the code of the newer of two approvals', async () => {
    await store().addApproval(anApproval({ id: 'a', code: 'Z9Z9' }));
    await end('a', 'Z9Z9', 1);
    await store().addApproval(anApproval({ id: 'b', code: 'A1A1', attempt: 2 }));
    expect(await store().codeOf(ref)).toBe('A1A1');
  });
}
