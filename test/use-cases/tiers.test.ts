import { describe, expect, it } from '@jest/globals';
import { advance } from '../../src/use-cases/approvals/advance.js';
import { takeUpClicks } from '../../src/use-cases/approvals/decide.js';
import { repudiateDecision } from '../../src/use-cases/approvals/repudiate.js';
import { sendDueDecisions } from '../../src/use-cases/approvals/send-signal.js';
import { runCommand } from '../../src/use-cases/commands/run-command.js';
import { aRule } from '../domain/a-policy.js';
import type { World } from './world/open-world.js';
import { type Actor, people, policyOf } from './world/people.js';
import { createWorlds } from './world/worlds.js';

const worlds = createWorlds();
const named = [people.ada.id, people.bo.id];
const delayed = { approvers: [aRule({ people: named, holdMs: 10_000 })], receipts: 'risky' } as const;

/** Gives the code of the receipt somebody has got. */
function receiptOf(world: World, actor: Actor): string {
  const codes = world.slack
    .notices()
    .flatMap(({ to, notice }) =>
      notice.kind === 'receipt' && to === `D-${people[actor].id.userId}` ? [notice.receipt.code] : [],
    );
  return codes.at(-1) ?? '';
}

describe('a held decision', () => {
  it('is shown as held, goes out once its time is over, and only once', async () => {
    const world = await worlds.openWithCard({ policy: delayed });
    expect(await world.click('ada', 'approve')).toMatchObject({ kind: 'decided' });
    await world.deliver();
    expect(world.card().card).toMatchObject({
      approval: { state: { kind: 'held', waitsFor: 'hold', untilMs: world.clock.now() + 10_000 } },
      actions: ['take-back', 'details'],
    });
    await world.passTime(9_999);
    expect(world.command.arrivals).toHaveLength(0);
    await Promise.all([world.passTime(1), world.observe(), sendDueDecisions(world.context)]);
    expect(world.command.arrivals).toHaveLength(1);
    await world.passTime(1_000);
    expect(world.card().card.approval.state).toMatchObject({ ending: { kind: 'approved' } });
    expect(world.command.arrivals).toHaveLength(1);
  });

  it('is taken back by whoever made it, and nothing was sent', async () => {
    const world = await worlds.openWithCard({ policy: delayed });
    await world.click('ada', 'approve');
    await world.deliver();
    expect(await world.click('bo', 'take-back')).toMatchObject({ kind: 'not-yours-to-take-back' });
    expect(await world.click('ada', 'take-back')).toMatchObject({ kind: 'taken-back' });
    await world.passTime(60_000);
    expect(world.command.arrivals).toHaveLength(0);
    expect(world.card().card.approval.state).toEqual({ kind: 'waiting' });
  });

  it('survives a restart, and is sent then', async () => {
    const world = await worlds.openWithCard({ policy: delayed });
    await world.click('ada', 'approve');
    world.restart();
    world.clock.advance(5_000);
    await world.deliver();
    expect(world.command.arrivals).toHaveLength(0);
    await world.passTime(60_000);
    expect(world.command.arrivals).toHaveLength(1);
  });

  it('holds a denial as well', async () => {
    const world = await worlds.openWithCard({ policy: delayed });
    await world.click('ada', 'deny', { comment: 'wrong zone' });
    expect(world.command.arrivals).toHaveLength(0);
    await world.passTime(10_000);
    expect(world.command.arrivals).toMatchObject([{ verdict: 'deny' }]);
  });

  it('that met a system away is tried again with the next look, not every second', async () => {
    let lookUps = 0;
    const world = await worlds.openWithCard({
      policy: delayed,
      runtime: async (name, work) => {
        if (name === 'chat.lookUpPerson') lookUps += 1;
        return work();
      },
    });
    await world.click('ada', 'approve');
    world.command.faults.isUnreachable = true;
    world.clock.advance(10_000);
    await world.deliver();
    expect((await world.approval()).state).toMatchObject({ kind: 'held', waitsFor: 'system' });
    const before = lookUps;
    for (let second = 0; second < 5; second += 1) {
      world.clock.advance(1_000);
      await world.deliver();
    }
    expect(lookUps).toBe(before);
    world.command.faults.isUnreachable = false;
    await world.passTime(1_000);
    expect(world.command.arrivals).toHaveLength(1);
  });

  it('of two who are told one by one is tried for the usual time with the second as well', async () => {
    const approvers = [aRule({ people: named, quorum: 2, holdMs: 10_000 })];
    const world = await worlds.openWithCard({ policy: { approvers, keepTryingForMs: 5_000 } });
    await world.click('ada', 'approve');
    await world.click('bo', 'approve');
    world.clock.advance(10_000);
    const { context, store } = world;
    const approval = await world.approval();
    const [signal] = await store.listUnsettledSignals();
    if (!signal) throw new Error('Nothing was claimed');
    const accepted = { ...signal, phase: 'accepted' } as const;
    const reading = { kind: 'found', instance: approval.instance, successors: [] } as const;
    const next = { id: 'next', replicaId: signal.replicaId };
    await store.inTransaction((transaction) =>
      advance(
        context,
        { transaction, signal: accepted, approval: { ...approval, requirement: { roles: [] } } },
        { kind: 'effect-read', reading, isAssigned: false, next },
      ),
    );
    await world.passTime(0);
    expect(world.command.arrivals).toMatchObject([{ comment: expect.stringContaining('Ada Okafor') }]);
  });

  it('is tried for the usual time once it may go', async () => {
    const world = await worlds.openWithCard({ policy: { ...delayed, keepTryingForMs: 5_000 } });
    await world.click('ada', 'approve');
    await world.passTime(10_000);
    expect(world.command.arrivals).toHaveLength(1);
  });
});

describe('what a rule wants with an approval', () => {
  it.each([
    ['reason', {}, { comment: 'renewal' }],
    ['typed', { typed: 'K000' }, { typed: 'CN=app.example.com' }],
  ] as const)('is checked once more after the window: %s', async (approveWith, wrong, right) => {
    const approvers = [aRule({ people: named, approveWith })];
    const world = await worlds.openWithCard({ policy: { approvers } });
    expect(await world.click('ada', 'approve', wrong)).toEqual({ kind: 'incomplete', missing: approveWith });
    expect(world.command.arrivals).toHaveLength(0);
    expect(await world.click('ada', 'approve', right)).toMatchObject({ kind: 'decided' });
  });

  it('is a press again where a press alone came', async () => {
    const approvers = [aRule({ people: named, approveWith: 'typed' })];
    const world = await worlds.openWithCard({ policy: { approvers } });
    expect(await world.click('ada', 'approve', { via: 'press' })).toEqual({ kind: 'press-again' });
  });

  it('cannot be met where the portal alone decides', async () => {
    const approvers = [aRule({ people: named, approveWith: 'portal-only' })];
    const world = await worlds.openWithCard({ policy: { approvers } });
    expect(world.card().card.actions).toEqual(['details']);
    expect(await world.click('ada', 'approve')).toMatchObject({
      kind: 'refused',
      why: { kind: 'portal-only' },
    });
  });
});

describe('a step known to want several identities', () => {
  it('is approved by nobody here, and denied all the same', async () => {
    const world = await worlds.openWithCard({ needed: 2, isNeededKnown: true });
    expect(world.card().card.actions).toEqual(['deny', 'details', 'ask']);
    expect(await world.click('ada', 'approve')).toMatchObject({ kind: 'beyond-one-account' });
    expect(world.command.arrivals).toHaveLength(0);
    await world.click('ada', 'deny', { comment: 'no' });
    expect(world.command.arrivals).toMatchObject([{ verdict: 'deny' }]);
  });

  it('gives up a decision that was on its way when that became known', async () => {
    const world = await worlds.openWithCard({ needed: 2, policy: delayed });
    await world.click('ada', 'approve');
    const approval = await world.approval();
    await world.store.saveApproval({ ...approval, requirement: { needed: 2, roles: [] } }, 0, 0);
    await world.passTime(10_000);
    expect(world.command.arrivals).toHaveLength(0);
    expect((await world.approval()).state).toEqual({ kind: 'waiting', note: { kind: 'beyond-one-account' } });
  });
});

describe('too few who can act', () => {
  it('are told to operators at once, and on the card', async () => {
    const approvers = [aRule({ people: [people.ada.id, people.gus.id], quorum: 2 })];
    const world = await worlds.openWithCard({ policy: { approvers } });
    const gap = { able: 1, wanted: 2 };
    expect(world.card().card.gap).toEqual(gap);
    expect(world.slack.notices()).toMatchObject([{ notice: { event: { kind: 'too-few', gap } } }]);
  });

  it('are not told of while the chat does not say what somebody is', async () => {
    const world = await worlds.open({ quorum: 1 });
    world.slack.failNext({ call: 'lookUpPerson', code: 'unavailable' });
    world.command.start('run-1');
    await world.passTime(0);
    expect(world.card().card).not.toHaveProperty('gap');
    expect(world.slack.notices()).toEqual([]);
  });
});

describe('a group a rule names', () => {
  const approvers = [aRule({ people: [], groups: ['S0PKI0001'] })];

  it('lets its members decide, and nobody else', async () => {
    const world = await worlds.open({ policy: { approvers } });
    world.slack.setGroup('S0PKI0001', [people.ada.id]);
    world.command.start('run-1');
    await world.passTime(0);
    expect(world.card().card.actions).toContain('approve');
    expect(await world.click('bo', 'approve')).toMatchObject({ why: { kind: 'not-an-approver' } });
    expect(await world.click('ada', 'approve')).toMatchObject({ kind: 'decided' });
  });

  it('keeps a press while nobody can tell who is in it, and decides by itself afterwards', async () => {
    const world = await worlds.open({ policy: { approvers } });
    world.slack.addPerson({ ...people.ada, uncheckedGroups: ['S0PKI0001'] });
    world.command.start('run-1');
    await world.passTime(0);
    expect(await world.click('ada', 'approve')).toBeUndefined();
    expect(world.slack.answers).toMatchObject([{ answer: { kind: 'checked-later' } }]);
    world.slack.setGroup('S0PKI0001', [people.ada.id]);
    world.slack.addPerson(people.ada);
    await world.passTime(20_000);
    await takeUpClicks(world.context);
    expect(world.command.arrivals).toHaveLength(1);
  });

  it('keeps a decision waiting while nobody can tell who is in it', async () => {
    const world = await worlds.open({
      policy: {
        approvers: [{ ...approvers[0], ...aRule({ people: [], groups: ['S0PKI0001'], holdMs: 1_000 }) }],
      },
    });
    world.slack.setGroup('S0PKI0001', [people.ada.id]);
    world.command.start('run-1');
    await world.passTime(0);
    await world.click('ada', 'approve');
    world.slack.addPerson({ ...people.ada, uncheckedGroups: ['S0PKI0001'] });
    world.slack.setGroup('S0PKI0001', []);
    await world.passTime(1_000);
    expect((await world.approval()).state).toMatchObject({ kind: 'held', waitsFor: 'chat' });
    world.slack.setGroup('S0PKI0001', [people.ada.id]);
    await world.passTime(15_000);
    expect(world.command.arrivals).toHaveLength(1);
  });
});

describe('“That wasn’t me”', () => {
  it('suspends the person, cancels what is held, and tells the operators', async () => {
    const world = await worlds.openWithCard({ policy: delayed });
    await world.click('ada', 'approve');
    await world.deliver();
    const code = receiptOf(world, 'ada');
    expect(await repudiateDecision(world.context, code, people.ada.id)).toMatchObject({
      kind: 'suspended',
      cancelled: 1,
      wasSuspended: false,
    });
    await world.passTime(60_000);
    expect(world.command.arrivals).toHaveLength(0);
    expect((await world.approval()).state).toMatchObject({ kind: 'waiting', note: { kind: 'disowned' } });
    expect(await world.click('ada', 'approve')).toMatchObject({ why: { kind: 'suspended' } });
    expect(world.slack.notices()).toMatchObject([
      { notice: { kind: 'receipt' } },
      { notice: { event: { kind: 'disowned', receipt: code, cancelled: 1 } } },
    ]);
  });

  it('takes the votes out that wait for others, and keeps those of others', async () => {
    const world = await worlds.openWithCard({
      policy: { approvers: [aRule({ people: [...named, people.cy.id], quorum: 3 })], receipts: 'risky' },
    });
    await world.click('ada', 'approve');
    await world.click('bo', 'approve');
    await world.deliver();
    await repudiateDecision(world.context, receiptOf(world, 'ada'), people.ada.id);
    await world.deliver();
    expect(world.card().card.votes.map(({ name }) => name)).toEqual([people.bo.name]);
  });

  it('takes a vote out that lies under a decision of somebody else, so that it never counts again', async () => {
    const approvers = [aRule({ people: [...named, people.cy.id], quorum: 2, holdMs: 10_000 })];
    const operators = [{ name: 'ops', verbs: ['restore'], people: [people.cy.id] }] as const;
    const world = await worlds.openWithCard({ policy: { approvers, operators, receipts: 'risky' } });
    await world.click('ada', 'approve');
    await world.click('bo', 'deny');
    await world.deliver();
    await repudiateDecision(world.context, receiptOf(world, 'ada'), people.ada.id);
    const restoring = { verb: 'restore', userId: people.ada.id.userId } as const;
    await runCommand(world.context, restoring, { person: people.cy.id });
    await world.click('bo', 'take-back');
    expect(await world.click('cy', 'approve')).toEqual({ kind: 'vote-counted', have: 1, of: 2 });
  });

  it('keeps a decision from being sent again that had left without an answer', async () => {
    const operators = [{ name: 'ops', verbs: ['restore'], people: [people.cy.id] }] as const;
    const policy = { approvers: [aRule({ people: named })], operators, receipts: 'all' } as const;
    const world = await worlds.openWithCard({ policy });
    world.command.faults.nextSignal = { kind: 'timeout-before' };
    await world.click('ada', 'approve');
    await world.deliver();
    await repudiateDecision(world.context, receiptOf(world, 'ada'), people.ada.id);
    const restoring = { verb: 'restore', userId: people.ada.id.userId } as const;
    await runCommand(world.context, restoring, { person: people.cy.id });
    for (let poll = 0; poll < 4; poll += 1) await world.passTime(15_000);
    expect(world.command.arrivals).toEqual([]);
    expect((await world.approval()).state).toMatchObject({ kind: 'waiting' });
  });

  it('is nobody’s to say for somebody else', async () => {
    const world = await worlds.openWithCard({ policy: delayed });
    await world.click('ada', 'approve');
    await world.deliver();
    const code = receiptOf(world, 'ada');
    expect(await repudiateDecision(world.context, code, people.bo.id)).toEqual({ kind: 'unknown-receipt' });
    await world.passTime(10_000);
    expect(world.command.arrivals).toHaveLength(1);
  });

  it('is undone by an operator whose rule is about everything, and by nobody else', async () => {
    const anyone = { name: 'ops', verbs: ['restore'] } as const;
    const operators = [
      { ...anyone, people: [people.cy.id] },
      { ...anyone, people: [people.bo.id], systems: ['command'] },
      { ...anyone, people: [people.ada.id] },
    ];
    const world = await worlds.openWithCard({ policy: { ...delayed, operators } });
    await world.click('ada', 'approve');
    await world.deliver();
    await repudiateDecision(world.context, receiptOf(world, 'ada'), people.ada.id);
    const restore = (actor: Actor) =>
      runCommand(
        world.context,
        { verb: 'restore', userId: people.ada.id.userId },
        { person: people[actor].id },
      );
    expect(await restore('ada')).toMatchObject({ kind: 'not-allowed', why: { kind: 'suspended' } });
    expect(await restore('bo')).toMatchObject({ kind: 'not-allowed', why: { kind: 'no-rule' } });
    expect(await restore('cy')).toMatchObject({ kind: 'restored', was: { name: people.ada.name } });
    expect(await restore('cy')).toEqual({ kind: 'restored', person: people.ada.id });
    expect(await world.click('ada', 'approve')).toMatchObject({ kind: 'decided' });
  });

  it('is told to the operators each time, also about a receipt that was disowned before', async () => {
    const operators = [{ name: 'ops', verbs: ['restore'], people: [people.cy.id] }] as const;
    const world = await worlds.openWithCard({ policy: { ...delayed, operators } });
    await world.click('ada', 'approve');
    await world.deliver();
    const code = receiptOf(world, 'ada');
    const restoring = { verb: 'restore', userId: people.ada.id.userId } as const;
    for (let time = 0; time < 2; time += 1) {
      await repudiateDecision(world.context, code, people.ada.id);
      await runCommand(world.context, restoring, { person: people.cy.id });
      await world.passTime(60_000);
    }
    const reported = world.slack
      .notices()
      .flatMap(({ notice }) => (notice.kind === 'operators' ? [notice.event.kind] : []));
    expect(reported).toEqual(['disowned', 'restored', 'disowned', 'restored']);
  });

  it('stays said after a restart with other rules', async () => {
    const world = await worlds.openWithCard({ policy: delayed });
    await world.click('ada', 'approve');
    await world.deliver();
    await repudiateDecision(world.context, receiptOf(world, 'ada'), people.ada.id);
    world.restart({ policy: policyOf(1) });
    expect(await world.click('ada', 'approve')).toMatchObject({ why: { kind: 'suspended' } });
  });
});

describe('a receipt', () => {
  it('tells its person what became of it, and others only what a rule shows them', async () => {
    const world = await worlds.openWithCard({ policy: delayed });
    await world.click('ada', 'approve', { comment: 'renewal' });
    await world.deliver();
    const code = receiptOf(world, 'ada');
    const poll = (actor: Actor) =>
      runCommand(world.context, { verb: 'receipt', code: code.toLowerCase() }, { person: people[actor].id });
    expect(await poll('ada')).toMatchObject({
      kind: 'receipt',
      receipt: { code, shown: { subject: 'CN=app.example.com' } },
      approval: { state: { kind: 'held' } },
      comment: expect.stringContaining('renewal'),
      isRepudiated: false,
    });
    expect(await poll('zoe')).toMatchObject({ kind: 'not-allowed' });
    await repudiateDecision(world.context, code, people.ada.id);
    expect(await poll('ada')).toMatchObject({ kind: 'receipt', isRepudiated: true });
    expect(await poll('ada')).not.toHaveProperty('comment');
  });
});
