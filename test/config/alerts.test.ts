import { describe, expect, it } from '@jest/globals';
import { load, problemAbout, someSettings } from './a-settings-file.js';

const anaId = { teamId: 'T0EXAMPLE', userId: 'U0ANA' };
const night = { from: '22:00', to: '06:30', timeZone: 'Europe/Berlin' };
const rule = { when: { type: 'Enrollment' } };

/** Loads settings with this section about alerts. */
function withAlerts(alerts: unknown, changes: Readonly<Record<string, unknown>> = {}) {
  return load(someSettings({ alerts, ...changes }));
}

describe('alerts', () => {
  it.each([undefined, {}, { enabled: 'on' }])('are on without a word about them: %j', (alerts) => {
    const { policy, warnings } = withAlerts(alerts);
    expect(policy.alerts).toEqual({ isOn: true, channel: 'C0OPS', rules: [], quietAfterMs: 14_400_000 });
    expect(warnings).toEqual([]);
  });

  it('can be off, go to a channel of their own, and count as over sooner', () => {
    const { policy } = withAlerts({ enabled: 'off', channel: 'C0LOUD', quietAfter: '30m' });
    expect(policy.alerts).toEqual({ isOn: false, channel: 'C0LOUD', rules: [], quietAfterMs: 1_800_000 });
  });

  it('go where the rules say', () => {
    const when = {
      system: 'corp-*',
      definition: 'Web*',
      type: ['Enrollment', 'Renewal'],
      step: 'Issue',
      cause: '*RPC*',
    };
    const full = {
      name: 'Issuing',
      when,
      channels: ['C0WEB', 'C0WEB'],
      mention: ['Ana', 'U0ANA', 'S0OPS', 'T0OTHER/U0SAM'],
      severity: 'critical',
      quietHours: night,
    };
    expect(withAlerts({ rules: [full, rule] }).policy.alerts.rules).toEqual([
      {
        name: 'Issuing',
        match: {
          system: ['corp-*'],
          definition: ['Web*'],
          type: ['Enrollment', 'Renewal'],
          step: ['Issue'],
          cause: ['*RPC*'],
        },
        channels: ['C0WEB'],
        mentions: [
          { kind: 'person', person: anaId },
          { kind: 'group', groupId: 'S0OPS' },
          { kind: 'person', person: { teamId: 'T0OTHER', userId: 'U0SAM' } },
        ],
        severity: 'critical',
        quietHours: { fromMinute: 22 * 60, toMinute: 6 * 60 + 30, timeZone: 'Europe/Berlin' },
      },
      { name: 'Alerts 2', match: { type: ['Enrollment'] }, channels: [], mentions: [], severity: 'warning' },
    ]);
  });

  it('call the person whose name looks like the id of a user group', () => {
    const people = [{ id: 'U0ANA', name: 'S3' }];
    const { policy } = withAlerts({ rules: [{ ...rule, mention: ['S3'] }] }, { people, approvers: [] });
    expect(policy.alerts.rules[0]?.mentions).toEqual([{ kind: 'person', person: anaId }]);
  });

  it.each<[string, Record<string, unknown>, string, string, string]>([
    ['a mistyped switch', { enabled: 'onn' }, '.enabled', 'mean on?', 'onn'],
    ['a channel by its name', { channel: '#alerts' }, '.channel', 'a channel id', '#alerts'],
    ['a time that is none', { quietAfter: 'soon' }, '.quietAfter', 'a duration', 'soon'],
    ['no time', { quietAfter: '0s' }, '.quietAfter', 'at least', '0s'],
    ['a mistyped setting', { rule: [] }, '.rule', 'mean rules?', 'unknown setting'],
  ])('are refused for %s, and told what was expected', (_, alerts, path, expected, found) => {
    const problem = problemAbout(`alerts${path}`, someSettings({ alerts }));
    expect(problem.expected).toContain(expected);
    expect(problem.found).toContain(found);
  });

  it.each<[string, Record<string, unknown>, string, string, string]>([
    ['a name nobody has', { mention: ['Anna'] }, '.mention[0]', 'mean Ana?', 'Anna'],
    ['a mistake behind a user group', { mention: ['S0OPS', 'Anna'] }, '.mention[1]', 'mean Ana?', 'Anna'],
    ['a system nobody configured', { when: { system: 'corp-pky' } }, '.when.system', 'corp-pki?', 'corp-pky'],
    ['no condition group', { when: undefined }, '.when', 'a group', 'nothing'],
    ['a condition of approvers', { when: { template: 'Web' } }, '.when.template', 'one of system', 'unknown'],
    ['a mistyped severity', { severity: 'kritical' }, '.severity', 'mean critical?', 'kritical'],
    ['a channel by its name', { channels: ['#web'] }, '.channels[0]', 'a channel id', '#web'],
    [
      'an hour that is none',
      { quietHours: { ...night, from: '24:00' } },
      '.quietHours.from',
      'a time',
      '24:00',
    ],
    ['a number for a time', { quietHours: { ...night, to: 1320 } }, '.quietHours.to', 'in quotes', '1320'],
    ['no hours at all', { quietHours: { ...night, to: '22:00' } }, '.quietHours.to', 'another time', '22:00'],
    [
      'a made-up zone',
      { quietHours: { ...night, timeZone: 'Mars/Base' } },
      '.quietHours.timeZone',
      'UTC',
      'Mars',
    ],
  ])('refuse a rule for %s, and tell what was expected', (_, changes, path, expected, found) => {
    const settings = someSettings({ alerts: { rules: [{ ...rule, ...changes }] } });
    const problem = problemAbout(`alerts.rules[0]${path}`, settings);
    expect(problem.expected).toContain(expected);
    expect(problem.found).toContain(found);
  });

  it('that call a bare member id need the workspace it belongs to', () => {
    const slack = { operatorsChannel: 'C0OPS', fallbackChannel: 'C0PKI' };
    const alerts = { rules: [{ ...rule, mention: ['U0SAM'] }] };
    const settings = someSettings({ slack, people: [], approvers: [], alerts });
    expect(problemAbout('slack.team', settings).expected).toContain('U0SAM');
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      'a rule before it fits all it is about',
      {
        rules: [
          { name: 'All', when: {} },
          { ...rule, name: 'Web' },
        ],
      },
      'alerts.rules[1] (Web): never counts, because alerts.rules[0] (All) fits',
    ],
    [
      'causes are among those of a rule before it',
      { rules: [{ when: { cause: '*RPC*' } }, { when: { cause: 'The RPC server*', type: 'Enrollment' } }] },
      'alerts.rules[1]: never counts',
    ],
    ['alerts are off', { enabled: 'off', rules: [rule] }, 'alerts.enabled is off'],
    ['quiet hours keep nobody quiet', { rules: [{ ...rule, quietHours: night }] }, 'mentions nobody'],
  ])('come with a warning when %s', (_, alerts, warning) => {
    expect(withAlerts(alerts).warnings).toEqual([expect.stringContaining(warning)]);
  });

  it('come without a warning when each rule has something of its own', () => {
    const rules = [rule, { when: { cause: '*' } }, { when: { step: 'Issue' } }, { when: {} }];
    expect(withAlerts({ rules }).warnings).toEqual([]);
  });
});
