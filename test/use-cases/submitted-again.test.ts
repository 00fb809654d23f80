import { describe, expect, it } from '@jest/globals';
import { useCasesOn } from '../../src/slack/use-cases.js';
import { aRule } from '../domain/a-policy.js';
import { people } from './world/people.js';
import { createWorlds } from './world/worlds.js';

const worlds = createWorlds();

describe('a window that Slack left open, since the acknowledgement came late', () => {
  it('takes the first reason of a denial, and says that the edited one was not taken', async () => {
    const world = await worlds.openWithCard();
    const { approvals } = useCasesOn(world.context);
    const denial = (comment: string) =>
      world.clickOf('ada', 'deny', { id: 'view.V1', via: 'modal', comment });
    expect(await approvals.writeDown(denial('wrong owner'))).toBe('written');
    expect(await approvals.writeDown(denial('wrong owner'))).toBe('repeated');
    expect(await approvals.writeDown(denial('wrong owner, ask PKI'))).toBe('different');
    expect(await world.store.findClick('view.V1')).toMatchObject({ comment: 'wrong owner' });
  });

  it('takes the code that was typed first, and says that another one was not taken', async () => {
    const world = await worlds.openWithCard();
    const { approvals } = useCasesOn(world.context);
    const approval = (typed: string) =>
      world.clickOf('ada', 'approve', { id: 'view.V2', via: 'modal', typed });
    expect(await approvals.writeDown(approval('K000'))).toBe('written');
    expect(await approvals.writeDown(approval('K001'))).toBe('different');
  });

  it('takes the first delegate and date of an absence, and says that others were not taken', async () => {
    const rule = aRule({ people: [people.ada.id, people.bo.id], delegates: [people.cy.id, people.zoe.id] });
    const world = await worlds.open({ policy: { approvers: [rule] } });
    const { absences } = useCasesOn(world.context);
    const say = (until: string, delegate = people.cy.id) =>
      absences.begin(people.ada.id, { until, delegate, key: 'V1' });
    expect((await say('3d')).kind).toBe('away');
    world.clock.advance(10_000);
    expect((await say('3d')).kind).toBe('away');
    expect((await say('4d')).kind).toBe('away-before');
    expect((await say('3d', people.zoe.id)).kind).toBe('away-before');
    expect(await world.store.listAbsences()).toMatchObject([{ delegate: people.cy.id }]);
  });

  it('asks the first question, and says that another one was not asked', async () => {
    const world = await worlds.openWithCard();
    const { questions } = useCasesOn(world.context);
    const { id: approvalId } = await world.approval();
    const ask = (text: string) => questions.ask({ approvalId, person: people.ada.id, text, key: 'V1' });
    expect((await ask('Why a new key?')).kind).toBe('asked');
    expect((await ask('Why a new key?')).kind).toBe('asked');
    expect((await ask('Why a new key, and which host?')).kind).toBe('asked-before');
    expect((await world.approval()).questions).toMatchObject([{ text: 'Why a new key?' }]);
  });
});
