import { describe, expect, it } from '@jest/globals';
import { aRule } from '../../domain/a-policy.js';
import { people, policyOf } from '../world/people.js';
import { createWorlds } from '../world/worlds.js';
import { request, requestByActivity, say, send } from './asks.js';

const worlds = createWorlds();
const kinds = (shown: readonly { readonly target: { readonly kind: string } }[]) =>
  shown.map(({ target }) => target.kind);

describe('what a workflow tells for the first time', () => {
  it('becomes a card that can be answered with the outputs it offers', async () => {
    const world = await worlds.open();
    const outputs = [{ name: 'Granted', verdict: 'approve' } as const];
    expect(await send(world, { activityId: '501', outputs })).toEqual({
      kind: 'put',
      code: world.card().card.approval.code,
    });
    expect(world.card().card).toMatchObject({
      actions: ['approve', 'details', 'ask'],
      approval: { inbound: { activityId: '501', outputs }, isAssigned: false, state: { kind: 'waiting' } },
    });
  });

  it('offers Approved and Rejected where it names no outputs', async () => {
    const world = await worlds.open();
    await send(world, { activityId: '501' });
    expect((await world.approval()).inbound?.outputs).toEqual([
      { name: 'Approved', verdict: 'approve' },
      { name: 'Rejected', verdict: 'deny' },
    ]);
  });

  it('becomes a card without answers as long as nobody knows which activity waits', async () => {
    const world = await worlds.open();
    await send(world);
    expect(world.card().card.actions).toEqual(['details']);
    expect(await world.click('ada', 'approve', { output: 0 })).toEqual({ kind: 'unknown-card' });
    expect(await world.store.listUnsettledSignals()).toEqual([]);
  });

  it('is shown to those it suggests, as far as the rules let them decide', async () => {
    const world = await worlds.open();
    await send(world, {
      activityId: '501',
      suggested: ['KEYEXAMPLE\\btran', 'KEYEXAMPLE\\zother', 'nobody'],
    });
    const direct = world.slack.messages().filter(({ target }) => target.kind === 'person');
    expect(direct.map(({ target }) => target)).toEqual([{ kind: 'person', person: people.bo.id }]);
    const [card] = world.slack.cards();
    expect(
      await world.click('zoe', 'approve', { output: 0, ...(card ? { message: card.message } : {}) }),
    ).toMatchObject({
      kind: 'refused',
      why: { kind: 'not-an-approver' },
    });
  });

  it('is shown to nobody it suggests where no rule lets anybody decide', async () => {
    const world = await worlds.open({ policy: { approvers: [] } });
    await send(world, { activityId: '501', suggested: ['KEYEXAMPLE\\btran'] });
    expect(kinds(world.slack.messages())).not.toContain('person');
    expect(world.card().card.actions).toEqual(['details']);
  });
});

describe('what a workflow tells again', () => {
  it('changes nothing when it is the same, by key and by activity', async () => {
    const world = await worlds.open();
    await send(world, { activityId: '501' });
    const before = await world.approval();
    expect((await say(world, request({ activityId: '501' }))).kind).toBe('repeated');
    expect((await say(world, request())).kind).toBe('repeated');
    expect((await say(world, requestByActivity('501'))).kind).toBe('repeated');
    expect(await world.approval()).toEqual(before);
    expect(world.slack.messages()).toHaveLength(1);
  });

  it('asks people who are suggested only now as well', async () => {
    const world = await worlds.open();
    await send(world, { activityId: '501' });
    expect((await say(world, request({ suggested: ['KEYEXAMPLE\\btran'] }))).kind).toBe('repeated');
    expect(kinds(world.slack.messages())).toEqual(['channel', 'person']);
    expect(world.slack.cards().map(({ card }) => card.approval.revision)).toEqual([1, 1]);
  });

  it.each([
    ['the key', request({ activityId: '501' })],
    ['the run alone', requestByActivity('501')],
    ['the run, and the name the first word did not tell', requestByActivity('501', { activity: 'Manager' })],
  ])('completes a card once the activity is known, by %s', async (_by, later) => {
    const world = await worlds.open();
    await send(world);
    expect((await say(world, later)).kind).toBe('completed');
    expect(world.card().card).toMatchObject({
      actions: ['approve', 'deny', 'details', 'ask'],
      approval: { revision: 1, inbound: { activityId: '501' } },
    });
    expect(world.slack.cards()).toHaveLength(1);
  });

  it('never completes a card of a step that is called otherwise', async () => {
    const world = await worlds.open();
    await send(world, { activity: 'Manager' });
    expect((await say(world, requestByActivity('501', { activity: 'Security' }))).kind).toBe('put');
    expect(world.slack.cards().map(({ card }) => card.approval.inbound?.activityId)).toEqual([
      undefined,
      '501',
    ]);
  });

  it('is not guessed at when several steps wait without an activity', async () => {
    const world = await worlds.open();
    await send(world, { key: 'one' });
    await say(world, request({ key: 'two' }));
    const codes = world.slack.cards().map(({ card }) => card.approval.code);
    const reply = await say(world, requestByActivity('501'));
    expect(reply).toEqual({ kind: 'ambiguous', codes: codes.toReversed() });
    expect(world.slack.cards()).toHaveLength(2);
    expect((await say(world, request({ key: 'two', activityId: '501' }))).kind).toBe('completed');
  });

  it('voids votes that were given on other facts, and tells those who gave them', async () => {
    const world = await worlds.open({ quorum: 2 });
    await send(world, { activityId: '501' });
    expect((await world.click('ada', 'approve', { output: 0 }))?.kind).toBe('vote-counted');
    const more = request({ activityId: '501', facts: { others: [{ label: 'Days', value: '14' }] } });
    expect((await say(world, more)).kind).toBe('changed');
    expect(world.card().card).toMatchObject({
      votes: [],
      approval: { revision: 2, state: { note: { kind: 'facts-changed', changes: [{ fact: 'details' }] } } },
    });
    expect(world.slack.notices()).toMatchObject([{ to: 'D-U0ADA', notice: { kind: 'vote-void' } }]);
  });

  it('counts other outputs as other facts', async () => {
    const world = await worlds.open();
    await send(world, { activityId: '501' });
    const outputs = [{ name: 'Granted', verdict: 'approve' } as const];
    expect((await say(world, request({ outputs }))).kind).toBe('changed');
    expect(await world.approval()).toMatchObject({ revision: 2, inbound: { outputs } });
  });

  it('keeps what it leaves out the second time', async () => {
    const world = await worlds.open();
    await send(world, { facts: { others: [{ label: 'Days', value: '14' }] } });
    await say(world, request({ activityId: '501' }));
    expect((await world.approval()).instance.facts.others).toEqual([{ label: 'Days', value: '14' }]);
  });

  it('is refused while another activity of the same key waits', async () => {
    const world = await worlds.open();
    await send(world, { activityId: '501' });
    const { code } = await world.approval();
    expect(await say(world, request({ activityId: '502' }))).toEqual({ kind: 'key-taken', code });
    expect((await world.approval()).inbound?.activityId).toBe('501');
  });

  it('asks anew when the workflow comes back to an answered step with another activity', async () => {
    const world = await worlds.open();
    await send(world, { activityId: '501' });
    await world.click('ada', 'approve', { output: 0 });
    expect((await world.approval()).state.kind).toBe('not-moved');
    expect((await say(world, request({ activityId: '502' }))).kind).toBe('put');
    expect(world.slack.cards().map(({ card }) => [card.approval.attempt, card.approval.state.kind])).toEqual([
      [1, 'not-moved'],
      [2, 'waiting'],
    ]);
  });

  it('calls a decision off that is only held, since its makers saw something else', async () => {
    const approvers = [aRule({ people: [people.ada.id], holdMs: 10_000 })];
    const world = await worlds.open({ policy: { approvers } });
    await send(world, { activityId: '501' });
    await world.click('ada', 'approve', { output: 0 });
    const { code } = await world.approval();
    expect(await say(world, request({ activityId: '501' }))).toEqual({ kind: 'over', code });
    const more = request({ activityId: '501', facts: { subject: 'A month of leave' } });
    expect(await say(world, more)).toEqual({ kind: 'changed', code });
    await world.passTime(15_000);
    expect(world.command.arrivals).toEqual([]);
    expect(await world.approval()).toMatchObject({
      revision: 2,
      state: { kind: 'waiting', note: { kind: 'facts-changed' } },
    });
    expect(world.slack.notices()).toMatchObject([
      { to: 'D-U0ADA', notice: { kind: 'vote-void', why: 'facts-changed' } },
    ]);
    await world.click('ada', 'approve', { output: 0 });
    await world.passTime(15_000);
    expect(world.command.arrivals).toHaveLength(1);
  });

  it('changes nothing about what is decided or over', async () => {
    const world = await worlds.open();
    await send(world, { activityId: '501' });
    await world.click('ada', 'approve', { output: 0 });
    const { code, version } = await world.approval();
    const more = request({ activityId: '501', facts: { subject: 'A month of leave' } });
    expect(await say(world, more)).toEqual({ kind: 'over', code });
    expect((await world.approval()).version).toBe(version);
    world.command.set('run-1', { status: 'complete' });
    await world.passTime(15_000);
    expect((await world.approval()).state.kind).toBe('ended');
    expect(await say(world, more)).toEqual({ kind: 'over', code });
  });

  it('tells two runs with the same key apart', async () => {
    const world = await worlds.open();
    expect((await send(world, { run: 'run-1', activityId: '501' })).kind).toBe('put');
    expect((await send(world, { run: 'run-2', activityId: '502' })).kind).toBe('put');
    expect(world.slack.cards()).toHaveLength(2);
  });
});

describe('a rule that names only some', () => {
  it('is not widened by a suggestion that comes later', async () => {
    const policy = policyOf(1, { approvers: [aRule({ people: [people.ada.id] })] });
    const world = await worlds.open({ policy });
    await send(world);
    await say(world, request({ activityId: '501', suggested: ['KEYEXAMPLE\\btran'] }));
    expect(kinds(world.slack.messages())).toEqual(['channel']);
    expect(await world.click('bo', 'approve', { output: 0 })).toMatchObject({
      kind: 'refused',
      why: { kind: 'not-an-approver' },
    });
  });
});
