import { describe, expect, it } from '@jest/globals';
import type { Approval, ApprovalState } from '../../src/domain/approval.js';
import {
  type CardAction,
  cardActions,
  composeCard,
  hasLiveButtons,
  requesterOf,
} from '../../src/domain/card.js';
import type { MappedPerson } from '../../src/domain/person.js';
import {
  aLinkOnlyApproval,
  anApproval,
  anInboundApproval,
  anInstance,
  aPersonId,
  aVote,
  noonMs,
} from '../support/an-approval.js';
import { aMappedPerson, aPolicy, aRule } from './a-policy.js';
import { anyState, deniedState, stateKinds } from './states.js';

const rosa = aMappedPerson({
  id: aPersonId('U0ROSA'),
  name: 'Rosa Kim',
  identities: { command: ['keyexample\\RKIM', 'rkim@example.com'] },
});

describe('the buttons of a card that waits', () => {
  it.each<[string, Parameters<typeof cardActions>[1], number, readonly CardAction[]]>([
    ['decide', aRule(), 0, ['approve', 'deny', 'details', 'ask']],
    ['also withdraw once somebody has voted', aRule(), 1, ['approve', 'deny', 'details', 'ask', 'withdraw']],
    ['only show details without a rule', undefined, 0, ['details']],
    ['only show details without a rule, whoever voted before', undefined, 2, ['details']],
    ['only show details under a rule that names nobody', aRule({ people: [] }), 0, ['details']],
  ])('%s', (_sentence, rule, votes, actions) => {
    expect(
      cardActions(
        anApproval(),
        rule,
        Array.from({ length: votes }, () => aVote()),
      ),
    ).toEqual(actions);
  });

  it('decide again after facts changed', () => {
    const note = { kind: 'facts-changed', changes: [] } as const;
    const approval = anApproval({ state: { kind: 'waiting', note } });
    expect(cardActions(approval, aRule(), [])).toEqual(['approve', 'deny', 'details', 'ask']);
  });
});

describe('the buttons of a card a workflow told of', () => {
  const outputs = anInboundApproval().inbound?.outputs ?? [];
  const offering = (verdict: 'approve' | 'deny') => ({
    activityId: '501',
    outputs: outputs.filter((output) => output.verdict === verdict),
    suggested: [],
  });

  it.each<[string, Approval, readonly CardAction[]]>([
    ['agree and refuse', anInboundApproval(), ['approve', 'deny', 'details', 'ask']],
    [
      'only agree where no output refuses',
      anInboundApproval({ inbound: offering('approve') }),
      ['approve', 'details', 'ask'],
    ],
    [
      'only refuse where no output agrees',
      anInboundApproval({ inbound: offering('deny') }),
      ['deny', 'details', 'ask'],
    ],
    ['decide nothing while no activity is known', aLinkOnlyApproval(), ['details']],
  ])('%s', (_sentence, approval, actions) => {
    expect(cardActions(approval, aRule(), [])).toEqual(actions);
  });

  it('decide nothing while no activity is known, whoever voted before', () => {
    expect(cardActions(aLinkOnlyApproval(), aRule(), [aVote()])).toEqual(['details']);
  });
});

describe('the buttons of a card', () => {
  it.each<[ApprovalState['kind'], readonly CardAction[]]>([
    ['waiting', ['approve', 'deny', 'details', 'ask', 'withdraw']],
    ['deciding', ['details']],
    ['held', ['take-back', 'details']],
    ['checking', ['details']],
    ['recorded', ['details']],
    ['not-moved', ['details']],
    ['ended', ['details']],
  ])('that is %s are %j', (kind, actions) => {
    expect(cardActions(anApproval({ state: anyState(kind) }), aRule(), [aVote()])).toEqual(actions);
  });

  it('are the same for a denial as for an approval', () => {
    for (const kind of stateKinds) {
      const denied = cardActions(anApproval({ state: deniedState(kind) }), aRule(), []);
      expect(denied).toEqual(cardActions(anApproval({ state: anyState(kind) }), aRule(), []));
    }
  });

  it.each<[readonly CardAction[], boolean]>([
    [[], false],
    [['details'], false],
    [['details', 'withdraw'], false],
    [['approve'], true],
    [['details', 'deny'], true],
    [['take-back', 'details'], true],
  ])('of %j are live: %j', (actions, isLive) => {
    expect(hasLiveButtons(actions)).toBe(isLive);
  });
});

describe('the requester in the chat', () => {
  it.each<[string, readonly MappedPerson[], string | undefined]>([
    ['is the mapped person who has the name, whatever the case', [aMappedPerson(), rosa], 'U0ROSA'],
    ['is nobody when nobody has the name', [aMappedPerson()], undefined],
    ['is nobody when two people have the name', [rosa, { ...rosa, id: aPersonId('U0TWIN') }], undefined],
    [
      'is nobody when the name is of another system',
      [{ ...rosa, identities: { other: ['KEYEXAMPLE\\rkim'] } }],
      undefined,
    ],
  ])('%s', (_sentence, people, userId) => {
    expect(requesterOf(anApproval(), aPolicy({ people }))?.userId).toBe(userId);
  });

  it('may be found by any of the names the system tells', () => {
    const facts = { ...anInstance().facts, requesters: ['CN\\unknown', 'RKIM@example.com'] };
    const approval = anApproval({ instance: anInstance({ facts }) });
    expect(requesterOf(approval, aPolicy({ people: [rosa] }))).toEqual(rosa.id);
  });
});

describe('a card', () => {
  it('tells the rule, the votes, the findings, the requester, the link and what can be done', () => {
    const approval = anApproval();
    const votes = [aVote()];
    const policy = aPolicy({ people: [aMappedPerson(), rosa], zones: ['corp.example'] });
    expect(
      composeCard(approval, { votes, policy, basis: 'findings.rule', link: 'https://command.example.com/1' }),
    ).toEqual({
      approval,
      basis: 'findings.rule',
      votes,
      wanted: 1,
      findings: [{ kind: 'outside-zones', names: ['app.example.com'] }],
      rule: aRule(),
      requester: rosa.id,
      requesterName: 'Rosa Kim',
      link: 'https://command.example.com/1',
      actions: ['approve', 'deny', 'details', 'ask', 'withdraw'],
    });
  });

  it('leaves out what is not known', () => {
    const approval = anApproval({ waitingSinceMs: noonMs });
    const policy = aPolicy({ approvers: [], people: [] });
    const card = composeCard(approval, { votes: [], policy, basis: 'findings.rule', link: undefined });
    expect(card).toEqual({
      approval,
      basis: 'findings.rule',
      votes: [],
      wanted: 1,
      findings: [],
      actions: ['details'],
    });
    expect(Object.keys(card)).not.toContain('link');
  });
});
