import { afterEach, describe, expect, it } from '@jest/globals';
import { approvalStep, remember } from '../start-bench.js';
import { jane, li, type PeopleBench, startPeopleBench } from './start-people-bench.js';

let bench: PeopleBench;

afterEach(() => bench.stop());

const approval = { verdict: 'approve', comment: 'fine' } as const;
const access = async (person: string) => ({ accessToken: await bench.provider.issueToken(person) });
const found = async (id: string) => {
  const reading = await bench.people.getInstance({ system: 'corp', id });
  if (reading.kind !== 'found') throw new Error(`${id} is not visible`);
  return reading.instance;
};

describe('a signal in a person’s name', () => {
  it('is taken from one who holds the role, and recorded as theirs', async () => {
    bench = await startPeopleBench();
    const id = bench.startRun();
    const signal = { ...approval, as: await access(jane) };
    expect(await bench.people.sendSignal(await found(id), signal)).toEqual({ kind: 'accepted' });
    expect(bench.command.effectiveSignals).toMatchObject([{ instance: id, identity: jane, approved: true }]);
    expect(bench.command.audit.at(-1)).toMatchObject({ action: 'signalled', identity: jane });
  });

  it('is refused from one who does not, and from the bot itself', async () => {
    bench = await startPeopleBench();
    const instance = await found(bench.startRun());
    const said = 'User does not hold a role that may send this signal.';
    const refused = { kind: 'refused', reason: 'no-role', said };
    expect(await bench.people.sendSignal(instance, { ...approval, as: await access(li) })).toEqual(refused);
    expect(await bench.people.sendSignal(instance, approval)).toEqual(refused);
    expect(bench.command.effectiveSignals).toEqual([]);
  });

  it('with a token that expired is refused, sent once, and never sent as the bot', async () => {
    bench = await startPeopleBench();
    const id = bench.startRun();
    const instance = await found(id);
    const as = await access(jane);
    bench.advanceClock(301_000);
    expect(await bench.people.sendSignal(instance, { ...approval, as })).toEqual({
      kind: 'refused',
      reason: 'sign-in',
    });
    const sent = bench.command.requests.filter(({ path }) => path.includes('Signals'));
    expect(sent).toMatchObject([{ identity: null, status: 401 }]);
  });

  it('completes a step of two people with that of another', async () => {
    bench = await startPeopleBench();
    const id = bench.startRun([approvalStep({ minimumApprovals: 2, roles: ['Approvers', 'Others'] })]);
    await bench.people.sendSignal(await found(id), { ...approval, as: await access(jane) });
    expect(bench.command.instance(id).status).toBe('Suspended');
    await bench.people.sendSignal(await found(id), { ...approval, as: await access(li) });
    expect(bench.command.instance(id).status).toBe('Complete');
    expect(bench.command.effectiveSignals.map(({ identity }) => identity)).toEqual([jane, li]);
  });

  it('finds out which form the server takes, in the same name', async () => {
    bench = await startPeopleBench();
    bench.command.change({ approvedAs: 'boolean-only' });
    const instance = await found(bench.startRun());
    const signal = { ...approval, as: await access(jane) };
    expect(await bench.people.sendSignal(instance, signal)).toEqual({ kind: 'accepted' });
    expect(bench.command.effectiveSignals).toMatchObject([{ identity: jane }]);
  });

  it('goes out with the token of a sign-in', async () => {
    bench = await startPeopleBench();
    const instance = await found(bench.startRun());
    const as = await bench.tokensOf(jane);
    expect(await bench.people.sendSignal(instance, { ...approval, as })).toEqual({ kind: 'accepted' });
  });
});

describe('what waits for a person', () => {
  it('is what the system lists for them, without what they have answered', async () => {
    bench = await startPeopleBench();
    const mine = bench.startRun([approvalStep({ minimumApprovals: 2 })]);
    const others = bench.startRun([approvalStep({ roles: ['Others'] })]);
    const as = await access(jane);
    const ids = async () => (await bench.people.waitingFor?.(as))?.map(({ ref }) => ref.id);
    expect(await ids()).toEqual([mine]);
    expect(await bench.people.isAssigned({ system: 'corp', id: mine }, as)).toBe(true);
    expect(await bench.people.isAssigned({ system: 'corp', id: others }, as)).toBe(false);
    await bench.people.sendSignal(await found(mine), { ...approval, as });
    expect(await ids()).toEqual([]);
    expect(await bench.people.isAssigned({ system: 'corp', id: mine }, as)).toBe(false);
    expect(await bench.people.isAssigned({ system: 'corp', id: mine })).toBe(true);
  });

  it('is not told with a token that expired', async () => {
    bench = await startPeopleBench();
    const as = await access(jane);
    bench.advanceClock(301_000);
    const error = { code: 'sign-in', applied: 'no' };
    expect(await bench.failure(Promise.resolve(bench.people.waitingFor?.(as)))).toMatchObject(error);
    expect(await bench.failure(bench.people.isAssigned({ system: 'corp', id: 'x' }, as))).toMatchObject(
      error,
    );
  });
});

describe('watching with an account that holds no approver role', () => {
  it('sees everything that waits for people, and nothing else', async () => {
    bench = await startPeopleBench();
    const one = bench.startRun();
    const other = bench.startRun([approvalStep({ roles: ['Others'] })]);
    bench.startRun([approvalStep({ extensionName: 'Email', pauses: true })]);
    const observation = await bench.people.observe([]);
    expect(observation.snapshots).toMatchObject([
      { kind: 'seen', isAssigned: true, instance: { ref: { id: one }, awaitsApproval: true } },
      { kind: 'seen', isAssigned: true, instance: { ref: { id: other }, awaitsApproval: true } },
    ]);
    expect((await bench.people.observe(remember(observation))).snapshots).toEqual([]);
    expect(bench.requests('AssignedToMe')).toBe(0);
  });

  it('goes on watching what one of two people has approved', async () => {
    bench = await startPeopleBench();
    const id = bench.startRun([approvalStep({ minimumApprovals: 2 })]);
    const before = remember(await bench.people.observe([]));
    bench.advanceClock(1_000);
    await bench.people.sendSignal(await found(id), { ...approval, as: await access(jane) });
    expect((await bench.people.observe(before)).snapshots).toMatchObject([
      { isAssigned: true, instance: { awaitsApproval: true } },
    ]);
  });

  it('sees the end of what does not wait any more', async () => {
    bench = await startPeopleBench();
    const id = bench.startRun();
    const before = remember(await bench.people.observe([]));
    await bench.people.sendSignal(await found(id), { ...approval, as: await access(jane) });
    expect((await bench.people.observe(before)).snapshots).toMatchObject([
      { isAssigned: false, instance: { status: { kind: 'complete' } } },
    ]);
    expect(await bench.people.isAssigned({ system: 'corp', id })).toBe(false);
  });
});
