import { describe, expect, it } from '@jest/globals';
import type { OutgoingSignal } from '../../../src/ports/backend.js';
import { aMappedPerson, aRule } from '../../domain/a-policy.js';
import { people, policyOf } from '../world/people.js';
import { createWorlds } from '../world/worlds.js';
import { send } from './asks.js';

const worlds = createWorlds();
const minuteMs = 60_000;
const outputs = [
  { name: 'Approved', verdict: 'approve' },
  { name: 'Rejected', verdict: 'deny' },
  { name: 'Ask Security', verdict: 'approve' },
] as const;
const approved = { output: 0 } as const;

async function openInbound(options: Parameters<typeof worlds.open>[0] = {}) {
  const sent: OutgoingSignal[] = [];
  const world = await worlds.open({
    ...options,
    onSend: async (signal) => {
      sent.push(signal);
    },
  });
  await send(world, { activityId: '501', outputs });
  return { world, sent };
}

describe('a decision about a step a workflow told of', () => {
  it.each([
    ['approve', 0, 'Approved'],
    ['approve', 2, 'Ask Security'],
    ['deny', 1, 'Rejected'],
  ] as const)(
    'to %s by output %d goes to its activity as %s, in the person’s name',
    async (verb, output, name) => {
      const { world, sent } = await openInbound();
      await world.click('ada', verb, { output, comment: 'As agreed' });
      expect(sent).toMatchObject([{ output: name, activityId: '501', identity: 'KEYEXAMPLE\\aokafor' }]);
    },
  );

  it.each([
    ['approve', 1],
    ['deny', 0],
    ['approve', 3],
    ['approve', -1],
    ['approve', 0.5],
    ['approve', undefined],
  ] as const)('is none when the button says %s and output %s', async (verb, output) => {
    const { world, sent } = await openInbound();
    const choice = output === undefined ? {} : { output };
    expect(await world.click('ada', verb, choice)).toEqual({ kind: 'unknown-card' });
    expect(sent).toEqual([]);
  });

  it('is said to be accepted until the run ends, and then to have been followed', async () => {
    const { world } = await openInbound();
    await world.click('ada', 'approve', approved);
    expect((await world.approval()).state).toMatchObject({ kind: 'not-moved' });
    await world.passTime(10 * minuteMs);
    expect((await world.approval()).state.kind).toBe('not-moved');
    expect(world.slack.notices()).toEqual([]);
    world.command.set('run-1', { status: 'complete' });
    await world.passTime(15_000);
    expect((await world.approval()).state).toMatchObject({
      ending: { kind: 'approved', now: { status: { kind: 'complete' } } },
    });
  });

  it('is not credited with a run that was aborted', async () => {
    const { world } = await openInbound();
    await world.click('ada', 'approve', approved);
    world.command.set('run-1', { status: 'aborted' });
    await world.passTime(15_000);
    expect((await world.approval()).state).toMatchObject({ ending: { kind: 'overtaken' } });
  });

  it('that says no ends as denied although the run goes on to its end', async () => {
    const { world } = await openInbound();
    world.command.faults.nextSignal = { kind: 'lost' };
    await world.click('ada', 'deny', { output: 1, comment: 'Too long' });
    world.command.set('run-1', { status: 'complete' });
    await world.passTime(15_000);
    expect((await world.approval()).state).toMatchObject({ ending: { kind: 'denied' } });
  });

  it('counts approvals towards a quorum for one output only', async () => {
    const { world, sent } = await openInbound({ quorum: 2 });
    await world.click('ada', 'approve', approved);
    expect((await world.click('bo', 'approve', { output: 2 }))?.kind).toBe('vote-counted');
    expect(sent).toEqual([]);
    await world.click('cy', 'approve', { output: 2 });
    expect(sent).toMatchObject([{ output: 'Ask Security', identity: 'KEYEXAMPLE\\cpatel' }]);
  });

  it('goes out in the name the settings give when it is sent, not when it was made', async () => {
    const { world, sent } = await openInbound();
    world.command.faults.isUnreachable = true;
    await world.click('ada', 'approve', approved);
    expect((await world.approval()).state.kind).toBe('held');
    const renamed = aMappedPerson({ identities: { command: ['KEYEXAMPLE\\ada-new'] } });
    world.restart({ policy: policyOf(1, { people: [renamed] }) });
    world.command.faults.isUnreachable = false;
    await world.passTime(minuteMs);
    expect(sent).toMatchObject([{ identity: 'KEYEXAMPLE\\ada-new' }]);
  });

  it('is refused to somebody in whose name nothing could be sent, even where own requests are allowed', async () => {
    const everybody = Object.values(people).map(({ id }) => id);
    const approvers = [aRule({ people: everybody, ownRequest: 'allowed' })];
    const { world, sent } = await openInbound({ policy: { approvers } });
    expect(await world.click('una', 'approve', approved)).toEqual({
      kind: 'refused',
      why: { kind: 'not-mapped' },
    });
    expect(sent).toEqual([]);
  });
});

describe('a decision about a told step that nobody answered', () => {
  it.each(['timeout-before', 'timeout-late'] as const)(
    'is never sent again, and those who made it are told that its outcome is unknown: %s',
    async (kind) => {
      const { world, sent } = await openInbound();
      world.command.faults.nextSignal = { kind };
      await world.click('ada', 'approve', approved);
      expect((await world.approval()).state).toMatchObject({ kind: 'checking', isAccepted: false });
      for (let poll = 0; poll < 5; poll += 1) await world.passTime(minuteMs);
      expect(sent).toHaveLength(1);
      expect(world.card().card).toMatchObject({
        actions: ['details'],
        approval: { state: { ending: { kind: 'outcome-unknown' } } },
      });
      expect(world.slack.notices().map(({ to, notice }) => [to, notice.kind])).toContainEqual([
        'D-U0ADA',
        'outcome-unknown',
      ]);
    },
  );

  it('is not credited with a run that has ended meanwhile', async () => {
    const { world } = await openInbound();
    world.command.faults.nextSignal = { kind: 'timeout-after' };
    await world.click('ada', 'approve', approved);
    world.command.set('run-1', { status: 'complete' });
    await world.passTime(minuteMs);
    expect((await world.approval()).state).toMatchObject({ ending: { kind: 'overtaken' } });
  });
});

describe('a told step that is answered elsewhere', () => {
  it('ends its card when the run ends', async () => {
    const { world } = await openInbound();
    world.command.set('run-1', { status: 'complete' });
    await world.passTime(15_000);
    expect((await world.approval()).state).toMatchObject({ ending: { kind: 'decided-elsewhere' } });
    expect((await world.click('ada', 'approve', approved))?.kind).toBe('over');
  });

  it('is not sent anything when the run has ended just before', async () => {
    const { world, sent } = await openInbound();
    world.command.set('run-1', { status: 'complete' });
    await world.click('ada', 'approve', approved);
    expect(sent).toEqual([]);
    expect((await world.approval()).state).toMatchObject({ ending: { kind: 'decided-elsewhere' } });
  });

  it('is put to people again when the system says that it does not wait, since it can say no more', async () => {
    const { world } = await openInbound();
    world.command.faults.nextSignal = { kind: 'refuse', reason: 'not-waiting' };
    await world.click('ada', 'approve', approved);
    expect((await world.approval()).state).toMatchObject({
      kind: 'waiting',
      note: { kind: 'refused', reason: 'not-waiting' },
    });
  });

  it('keeps what the workflow told while only its status is read', async () => {
    const { world } = await openInbound();
    const { facts, title } = (await world.approval()).instance;
    world.command.changeFacts('run-1', { subject: 'something else' });
    await world.passTime(15_000);
    expect((await world.approval()).instance).toMatchObject({ facts, title });
    expect((await world.approval()).revision).toBe(1);
  });
});
