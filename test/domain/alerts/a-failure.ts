import type { Failure, Incident } from '../../../src/domain/incident.js';
import { type IncidentEvent, incidentAfter, type NewFailure } from '../../../src/domain/incident.js';
import type { Instance, InstanceRef, InstanceStatus } from '../../../src/domain/instance.js';
import { anInstance, noonMs } from '../../support/an-approval.js';

/** The run of these failures. */
const runRef: InstanceRef = { system: 'command', id: 'run-1' };

/** A run that stands so, at the step where it failed. */
export function aRun(kind: InstanceStatus['kind'], overrides: Partial<Instance> = {}): Instance {
  return anInstance({
    ref: runRef,
    status: { kind, raw: kind },
    statusMessage: 'The RPC server is unavailable.',
    step: { uniqueName: 'issue-1', name: 'Issue' },
    awaitsApproval: false,
    ...overrides,
  });
}

/** A run that failed at noon and still stands so. */
export function aFailure(overrides: Partial<Failure> = {}): Failure {
  return {
    instance: aRun('failed'),
    incidentId: 'incident-1',
    state: 'failed',
    failedAtMs: noonMs,
    isOld: false,
    ...overrides,
  };
}

/** The how-manieth run that was just seen to have failed, with what the system said. */
export function aNewFailure(number: number, statusMessage = 'The RPC server is unavailable.'): NewFailure {
  const ref = { system: 'command', id: `run-${number}` };
  return {
    instance: aRun('failed', { ref, title: `Enroll ${number}`, statusMessage }),
    code: `K${number}`,
    link: `https://command.example.com/${number}`,
    failedAtMs: noonMs + number * 1_000,
    seenAtMs: noonMs + 500_000,
  };
}

/** What an event makes of an incident nobody muted; the incident itself where the event changes nothing. */
export function after(incident: Incident, event: IncidentEvent): Incident {
  return incidentAfter({ incident, mute: undefined }, event)?.incident ?? incident;
}
