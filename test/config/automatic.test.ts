import { describe, expect, it } from '@jest/globals';
import { aRule, aServer, load, problemAbout, someSettings } from './a-settings-file.js';

const rule = {
  name: 'Renewals',
  when: { requester: 'KEYEXAMPLE\\svc-web', template: 'WebServer' },
  people: ['Ana', 'Li'],
  approveWith: 'automatic',
};

/** Settings with one rule that approves by itself, and whatever a test wants to be different. */
function withRule(
  change: Readonly<Record<string, unknown>> = {},
  more: Readonly<Record<string, unknown>> = {},
) {
  return someSettings({ zones: ['example.com'], approvers: [{ ...rule, ...change }, aRule], ...more });
}

describe('a rule that approves by itself', () => {
  it('waits ten minutes and approves twenty a day, unless the settings say more or fewer', () => {
    const [usual] = load(withRule()).policy.approvers;
    expect(usual).toMatchObject({ approveWith: 'comment', automatic: { holdMs: 600_000, limit: 20 } });
    expect(usual).not.toHaveProperty('holdMs');
    const [other] = load(withRule({ automaticAfter: '1h', limit: 3 })).policy.approvers;
    expect(other?.automatic).toEqual({ holdMs: 3_600_000, limit: 3 });
    expect(load(someSettings()).policy.approvers[0]).not.toHaveProperty('automatic');
  });

  it('is announced aloud by whoever checks the settings', () => {
    const { warnings } = load(withRule({ limit: 3, automaticAfter: '30m' }));
    expect(warnings).toContainEqual(
      expect.stringMatching(
        /Renewals.*APPROVES BY ITSELF, with nobody's click, up to 3 requests a day of KEYEXAMPLE\\svc-web \(template WebServer\): renewals .* 30 min after their card is shown/,
      ),
    );
    expect(load(someSettings()).warnings.join()).not.toContain('APPROVES');
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>, string, RegExp]>([
    ['names no requester', { when: {} }, {}, 'approvers[0].when.requester', /usernames without \*/],
    [
      'names requesters by a pattern',
      { when: { requester: 'KEYEXAMPLE\\*' } },
      {},
      'approvers[0].when.requester',
      /usernames without \*/,
    ],
    ['wants two people', { quorum: 2 }, {}, 'approvers[0].quorum', /^1, for approveWith: automatic/],
    [
      'names nobody who could stop it',
      { people: [] },
      {},
      'approvers[0].people',
      /whoever may stop the rule/,
    ],
    [
      'asks for a finding',
      { when: { requester: 'a', finding: 'any' } },
      {},
      'approvers[0].when.finding',
      /no request with a finding/,
    ],
    ['holds decisions as well', { hold: '10s' }, {}, 'approvers[0].hold', /automaticAfter instead/],
    [
      'waits for less than ten minutes',
      { automaticAfter: '9m' },
      {},
      'approvers[0].automaticAfter',
      /10m|600/,
    ],
    ['has no zones beside it', {}, { zones: [] }, 'zones', /domains certificates are expected in/],
    ['polls too seldom', {}, { observe: { every: '5m' } }, 'observe.every', /at most 1m/],
    [
      'is about a system that hears decisions from people',
      {},
      {
        keyfactor: [
          {
            ...aServer,
            signalAs: 'person',
            personSignIn: { issuer: 'https://idp.example.com', clientId: 'people' },
          },
        ],
        http: { publicUrl: 'https://countersign.example.com' },
      },
      'approvers[0].approveWith',
      /signalAs: person/,
    ],
    [
      'sets a limit and is not automatic',
      { approveWith: 'comment', limit: 3 },
      {},
      'approvers[0].limit',
      /nothing without/,
    ],
  ])('is refused where it %s', (_what, change, more, path, expected) => {
    const problem = problemAbout(path, withRule(change, more));
    expect(problem.expected).toMatch(expected);
  });
});
