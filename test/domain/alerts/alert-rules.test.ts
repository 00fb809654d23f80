import { describe, expect, it } from '@jest/globals';
import {
  type AlertMatch,
  type AlertPolicy,
  type AlertRule,
  isAlertMatch,
  routeAlert,
} from '../../../src/domain/incident.js';
import { noonMs } from '../../support/an-approval.js';
import { anIncident } from '../../support/an-incident.js';

const ops = { kind: 'group', groupId: 'S0OPS' } as const;

function aRule(overrides: Partial<AlertRule> = {}): AlertRule {
  return { name: 'All', match: {}, channels: ['C0WEB'], mentions: [ops], severity: 'critical', ...overrides };
}

function policyOf(...rules: readonly AlertRule[]): AlertPolicy {
  return { isOn: true, channel: 'C0ALERTS', rules, quietAfterMs: 60_000 };
}

describe('an alert rule', () => {
  const { step: _step, ...stepless } = anIncident();
  const numbered = anIncident({ messages: [{ text: 'Request 4711 was denied', count: 1 }] });

  it.each<[string, AlertMatch, boolean, ReturnType<typeof anIncident>?]>([
    ['nothing', {}, true],
    ['its system', { system: ['comm*'] }, true],
    ['another system', { system: ['plant'] }, false],
    ['its workflow by name', { definition: ['WEB servers'] }, true],
    ['its workflow by id', { definition: [anIncident().definition.id] }, true],
    ['another workflow', { definition: ['Web'] }, false],
    ['its type', { type: ['Renewal', 'Enrollment'] }, true],
    ['another type', { type: ['Renewal'] }, false],
    ['its step by the name people read', { step: ['Issue'] }, true],
    ['its step by unique name', { step: ['issue-1'] }, true],
    ['any step, where none is told', { step: ['*'] }, false, stepless],
    ['its message', { cause: ['*RPC server*'] }, true],
    ['another message', { cause: ['*denied*'] }, false],
    ['its message word by word', { cause: ['Request 4711 was denied'] }, true, numbered],
    ['its cause', { cause: ['request # was denied'] }, true, numbered],
    ['all of several', { system: ['command'], step: ['Issue'], cause: ['*RPC*'] }, true],
    ['all but one of several', { system: ['command'], step: ['Approve'], cause: ['*RPC*'] }, false],
    ['no pattern', { system: [] }, false],
  ])('that names %s fits accordingly', (_, match, expected, incident = anIncident()) => {
    expect(isAlertMatch(match, incident)).toBe(expected);
  });

  it('finds its message among several', () => {
    const messages = ['The RPC server is unavailable.', 'Access is denied.'].map((text) => ({
      text,
      count: 1,
    }));
    expect(isAlertMatch({ cause: ['*denied*'] }, anIncident({ messages }))).toBe(true);
  });
});

describe('an alert', () => {
  it('that no rule claims goes to the default channel and mentions nobody', () => {
    const never = aRule({ match: { system: ['plant'] } });
    expect(routeAlert(anIncident(), policyOf(never), noonMs)).toEqual({
      channels: ['C0ALERTS'],
      mentions: [],
      severity: 'warning',
    });
  });

  it('goes where the first rule that fits says', () => {
    const never = aRule({ name: 'Never', match: { system: ['plant'] } });
    const first = aRule({ name: 'First', channels: ['C0A', 'C0B'] });
    expect(routeAlert(anIncident(), policyOf(never, first, aRule()), noonMs)).toEqual({
      rule: 'First',
      channels: ['C0A', 'C0B'],
      mentions: [ops],
      severity: 'critical',
    });
  });

  it('of a rule without channels goes to the default one, and calls whom the rule names', () => {
    const route = routeAlert(anIncident(), policyOf(aRule({ channels: [] })), noonMs);
    expect(route).toMatchObject({ channels: ['C0ALERTS'], mentions: [ops] });
  });

  it('tells until when nobody is called, while quiet hours last', () => {
    const quietHours = { fromMinute: 11 * 60, toMinute: 13 * 60, timeZone: 'UTC' };
    const policy = policyOf(aRule({ quietHours }));
    const hourMs = 60 * 60_000;
    expect(routeAlert(anIncident(), policy, noonMs).quietUntilMs).toBe(noonMs + hourMs);
    expect(routeAlert(anIncident(), policy, noonMs + hourMs)).not.toHaveProperty('quietUntilMs');
  });
});
