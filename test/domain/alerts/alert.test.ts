import { describe, expect, it } from '@jest/globals';
import type { Incident, Mute } from '../../../src/domain/incident.js';
import { type AlertAction, composeAlert } from '../../../src/domain/incident.js';
import { aPersonId, noonMs } from '../../support/an-approval.js';
import { anIncident } from '../../support/an-incident.js';
import { aPolicy } from '../a-policy.js';

const policy = aPolicy().alerts;
const mute: Mute = { key: anIncident().key, untilMs: noonMs + 1, person: aPersonId(), name: 'Ada Okafor' };
const over = { state: { kind: 'resolved', atMs: noonMs, how: { kind: 'quiet' } } } as const;
const owner = { person: aPersonId(), name: 'Ada Okafor', atMs: noonMs };

describe('what can be done on an alert', () => {
  it.each<[string, Partial<Incident>, Mute | undefined, readonly string[], readonly AlertAction[]]>([
    [
      'all its system takes',
      {},
      undefined,
      ['restart', 'stop'],
      ['restart', 'details', 'mute-hour', 'mute', 'take'],
    ],
    [
      'what another system takes',
      {},
      undefined,
      ['resume', 'abort'],
      ['resume', 'details', 'mute-hour', 'mute', 'take'],
    ],
    ['nothing to runs where no change is taken', {}, undefined, [], ['details', 'mute-hour', 'mute', 'take']],
    [
      'nothing to runs of which none stands failed',
      { unresolved: 1, failed: 0 },
      undefined,
      ['restart'],
      ['details', 'mute-hour', 'mute', 'take'],
    ],
    [
      'nothing to runs that are being tried again',
      { unresolved: 1, failed: 0 },
      undefined,
      ['restart'],
      ['details', 'mute-hour', 'mute', 'take'],
    ],
    [
      'nothing to runs that were aborted',
      { kind: 'aborted' },
      undefined,
      ['restart'],
      ['details', 'mute-hour', 'mute', 'take'],
    ],
    [
      'handing it back or over once somebody is on it',
      { owner },
      undefined,
      [],
      ['details', 'mute-hour', 'mute', 'hand-back', 'take-over'],
    ],
    ['unmute while it is muted', {}, mute, [], ['details', 'unmute', 'take']],
    [
      'mute once the mute is over',
      {},
      { ...mute, untilMs: noonMs },
      [],
      ['details', 'mute-hour', 'mute', 'take'],
    ],
    ['only to look once it is over', over, undefined, ['restart'], ['details']],
    ['to unmute its cause, also once it is over', over, mute, ['restart'], ['details', 'unmute']],
  ])('is %s', (_, change, muted, takes, expected) => {
    const alert = composeAlert(anIncident(change), { policy, mute: muted, takes, nowMs: noonMs });
    expect(alert.actions).toEqual(expected);
  });

  it('is told with the mute that counts, and with none that is over', () => {
    const context = { policy, takes: [], nowMs: noonMs };
    expect(composeAlert(anIncident(), { ...context, mute }).mute).toEqual(mute);
    expect(composeAlert(anIncident(), { ...context, mute: { ...mute, untilMs: noonMs } })).not.toHaveProperty(
      'mute-hour',
      'mute',
    );
  });
});
