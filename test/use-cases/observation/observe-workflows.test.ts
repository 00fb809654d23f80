import { describe, expect, it } from '@jest/globals';
import { createWorlds } from '../world/worlds.js';

const worlds = createWorlds();
const twoSteps = [
  { uniqueName: 'approval-1', needed: 1 },
  { uniqueName: 'approval-2', needed: 1 },
];

describe('observing a run that has come to wait', () => {
  it('puts it to people once, however often it is seen', async () => {
    const world = await worlds.openWithCard();
    await world.passTime(15_000);
    await world.passTime(15_000);
    expect(world.slack.calls.filter((call) => call !== 'lookUpPerson')).toEqual(['post']);
    expect(world.card().card).toMatchObject({ actions: ['approve', 'deny', 'details', 'ask'], votes: [] });
  });

  it('posts a card even when nobody can say what the step needs, and completes it later', async () => {
    const world = await worlds.open();
    world.command.faults.isDefinitionUnreadable = true;
    world.command.start('run-1', [{ uniqueName: 'approval-1', needed: 3 }]);
    await world.passTime(0);
    expect(world.card().card.approval.requirement).toEqual({ roles: [] });
    world.command.faults.isDefinitionUnreadable = false;
    world.command.set('run-1', {});
    await world.passTime(15_000);
    expect(world.card().card.approval.requirement).toMatchObject({ needed: 3 });
  });

  it('shows the page of the portal where the run is', async () => {
    const world = await worlds.openWithCard();
    expect(world.card().card.link).toBe('https://command.example.com/workflows/run-1');
  });

  it('gives every card a code of its own', async () => {
    const world = await worlds.openWithCard();
    world.command.start('run-2');
    await world.passTime(0);
    expect(new Set(world.slack.cards().map(({ card }) => card.approval.code)).size).toBe(2);
  });

  it('takes a second wait at the same step for a new attempt, with no votes', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve');
    world.command.set('run-1', { status: 'failed' });
    await world.passTime(15_000);
    world.command.set('run-1', { status: 'suspended', visit: 2 });
    await world.passTime(15_000);
    const [first, second] = world.slack.cards();
    expect(first?.card.approval).toMatchObject({ attempt: 1, state: { kind: 'ended' } });
    expect(second?.card).toMatchObject({ votes: [], approval: { attempt: 2, state: { kind: 'waiting' } } });
  });
});

describe('a look that finds more than it can take in', () => {
  it('ends after a while, so that decisions are settled, and the next one goes on', async () => {
    const slow = { isSlow: true };
    const world = await worlds.open({
      runtime: async (name, work) => {
        if (name === 'command.requirementOf' && slow.isSlow) world.clock.advance(2_000);
        return work();
      },
    });
    for (let run = 1; run <= 50; run += 1) world.command.start(`run-${run}`);
    await world.observe();
    expect((await world.store.listOpenApprovals()).length).toBe(20);
    await world.observe();
    expect((await world.store.listOpenApprovals()).length).toBe(40);
    slow.isSlow = false;
    await world.observe();
    expect((await world.store.listOpenApprovals()).length).toBe(50);
  });
});

describe('observing a run people were asked about', () => {
  it('concludes nothing while the system cannot be looked at', async () => {
    const world = await worlds.openWithCard();
    world.command.decideElsewhere('run-1', true);
    world.command.faults.isUnreachable = true;
    expect(await world.observe()).toMatchObject({ kind: 'unreachable', error: { code: 'unreachable' } });
    expect((await world.approval()).state.kind).toBe('waiting');
    world.command.faults.isUnreachable = false;
    await world.passTime(15_000);
    expect(world.card().card.approval.state).toMatchObject({ ending: { kind: 'decided-elsewhere' } });
  });

  it('voids votes given on other facts, tells who gave them, and asks again', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve');
    world.command.changeFacts('run-1', { template: 'CodeSigning' });
    await world.passTime(15_000);
    const { approval, votes } = world.card().card;
    expect(votes).toEqual([]);
    expect(approval).toMatchObject({
      revision: 2,
      state: { kind: 'waiting', note: { kind: 'facts-changed', changes: [{ fact: 'template' }] } },
    });
    expect(world.slack.notices()).toMatchObject([
      { to: 'D-U0ADA', notice: { kind: 'vote-void', why: 'facts-changed' } },
    ]);
  });

  it('tells nobody that their vote is void which the system has counted as their own', async () => {
    const world = await worlds.openWithCard({ quorum: 3 });
    await world.click('ada', 'approve');
    await world.click('bo', 'approve');
    const approval = await world.approval();
    const votes = await world.store.listVotes(approval.id);
    await world.store.saveApproval({ ...approval, counted: votes.slice(0, 1) }, 1, world.clock.now());
    world.command.changeFacts('run-1', { template: 'CodeSigning' });
    await world.passTime(15_000);
    expect(world.slack.notices()).toMatchObject([{ to: 'D-U0BO', notice: { kind: 'vote-void' } }]);
  });

  it('does not bring back votes when the facts become again what they were', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve');
    const { template = '' } = world.command.run('run-1').facts;
    world.command.changeFacts('run-1', { template: 'CodeSigning' });
    await world.passTime(15_000);
    world.command.changeFacts('run-1', { template });
    await world.passTime(15_000);
    expect(await world.click('bo', 'approve')).toEqual({ kind: 'vote-counted', have: 1, of: 2 });
  });

  it('tells people once that their vote is void, though the facts change again', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve');
    for (const template of ['CodeSigning', 'Mail']) {
      world.command.changeFacts('run-1', { template });
      await world.passTime(15_000);
    }
    expect(world.slack.notices()).toHaveLength(1);
  });

  it('credits nobody with a decision made in the portal, and tells the requester', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve');
    world.command.decideElsewhere('run-1', false);
    await world.passTime(15_000);
    expect(world.card().card).toMatchObject({
      actions: ['details'],
      approval: { state: { ending: { kind: 'decided-elsewhere', now: { status: { kind: 'rejected' } } } } },
    });
    expect(world.slack.notices()).toMatchObject([
      { to: 'D-U0KIM', notice: { kind: 'outcome' } },
      { to: 'D-U0ADA', notice: { kind: 'released', why: 'undecided' } },
    ]);
  });

  it('follows a run to its next step with a card of its own', async () => {
    const world = await worlds.open();
    world.command.start('run-1', twoSteps);
    await world.passTime(0);
    world.command.decideElsewhere('run-1', true);
    await world.passTime(15_000);
    expect(world.slack.cards().map(({ card }) => [card.approval.step, card.approval.state.kind])).toEqual([
      ['approval-1', 'ended'],
      ['approval-2', 'waiting'],
    ]);
  });

  it('says so when the result may not be read, and names the missing permission to the operators', async () => {
    const world = await worlds.openWithCard();
    // Something else can be read, so that it is not the account that sees nothing.
    world.command.start('run-2', twoSteps);
    await world.passTime(0);
    const first = () =>
      world.slack.cards().find(({ card }) => card.approval.instance.ref.id === 'run-1')?.card;
    world.command.set('run-1', { status: 'complete', isVisible: false });
    await world.passTime(15_000);
    expect(first()?.approval.state.kind).toBe('waiting');
    await world.passTime(60_000);
    expect(first()?.approval.state).toMatchObject({ ending: { kind: 'not-visible' } });
    expect(world.slack.notices()).toMatchObject([
      { to: 'D-U0KIM' },
      {
        to: 'C0OPERATORS',
        notice: { event: { kind: 'result-not-visible', permission: '/workflows/instances/read/' } },
      },
    ]);
  });

  it('names the run in which a restarted one goes on, if there is only one', async () => {
    const world = await worlds.openWithCard();
    const successor = { system: 'command', id: 'run-2' };
    world.command.set('run-1', { status: 'canceled-for-restart', successors: [successor] });
    await world.passTime(15_000);
    expect(world.card().card.approval.state).toMatchObject({ ending: { kind: 'restarted', successor } });
  });

  it('keeps a card open that only left our list, and says that it did', async () => {
    const world = await worlds.openWithCard();
    world.command.set('run-1', { isForBot: false });
    await world.passTime(15_000);
    expect(world.card().card.approval).toMatchObject({ isAssigned: true, state: { kind: 'waiting' } });
    await world.passTime(60_000);
    expect(world.card().card.approval).toMatchObject({ isAssigned: false, state: { kind: 'waiting' } });
    world.command.set('run-1', { isForBot: true });
    await world.passTime(15_000);
    expect(world.card().card.approval).toMatchObject({ isAssigned: true, state: { kind: 'waiting' } });
  });

  it('concludes nothing from a run that is on its way at the very step', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve');
    world.command.set('run-1', { status: 'running' });
    await world.passTime(15_000);
    expect(world.card().card.approval.state.kind).toBe('waiting');
    world.command.set('run-1', { status: 'suspended' });
    await world.passTime(15_000);
    expect(world.card().card).toMatchObject({ votes: [{ name: 'Ada Okafor' }] });
  });

  it('does not put up again what was decided while it looked', async () => {
    const world = await openWithGate();
    world.meanwhile(async () => void (await world.click('ada', 'approve')));
    world.command.set('run-1', {});
    await world.observe();
    await world.passTime(15_000);
    expect(world.card().card.approval.state).toMatchObject({ ending: { kind: 'approved' } });
  });

  it('does not take older facts for news when a decision has read newer ones while it looked', async () => {
    const world = await openWithGate();
    world.meanwhile(async () => {
      world.command.changeFacts('run-1', { names: ['new.example.com'] });
      await world.click('ada', 'approve');
    });
    world.command.set('run-1', {});
    await world.observe();
    expect(await world.approval()).toMatchObject({
      revision: 2,
      instance: { facts: { names: ['new.example.com'] } },
    });
  });
});

/** Opens a world in which something can happen between what an observation sees and what it makes of it. */
async function openWithGate() {
  const gate = { work: async (): Promise<void> => {} };
  const world = await worlds.openWithCard({
    runtime: async (name, work) => {
      const result = await work();
      const happen = gate.work;
      if (name === 'command.observe') {
        gate.work = async () => {};
        await happen();
      }
      return result;
    },
  });
  return Object.assign(world, {
    meanwhile: (work: () => Promise<void>) => {
      gate.work = work;
    },
  });
}
