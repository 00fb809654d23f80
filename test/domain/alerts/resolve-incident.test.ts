import { describe, expect, it } from '@jest/globals';
import type { Failure } from '../../../src/domain/alerts/failure.js';
import { judgeIncident } from '../../../src/domain/alerts/resolve-incident.js';
import { anInstance, noonMs } from '../../support/an-approval.js';
import { anIncident } from '../../support/an-incident.js';

const at = { nowMs: noonMs + 1_000, quietAfterMs: 60_000, by: [] };

describe('an incident whose only run went on and failed for another reason', () => {
  it('is over, and not called recovered: that run has an alert of its own now', () => {
    expect(judgeIncident(anIncident(), [], at).state).toEqual({
      kind: 'resolved',
      atMs: at.nowMs,
      how: { kind: 'dealt-with', by: [] },
    });
  });

  it('is called recovered only when its runs are', () => {
    const failure: Failure = {
      instance: anInstance(),
      incidentId: 'incident-1',
      state: 'recovered',
      failedAtMs: noonMs,
      isOld: false,
    };
    expect(judgeIncident(anIncident(), [failure], at).state).toMatchObject({ how: { kind: 'recovered' } });
  });
});
