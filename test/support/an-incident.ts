import type { Alert, Incident, Sample } from '../../src/domain/incident.js';
import { anInstance, noonMs } from './an-approval.js';

/** A run for rkim that could not be enrolled at noon. */
export function aSample(overrides: Partial<Sample> = {}): Sample {
  return {
    ref: { system: 'command', id: '3f0c7a52-6f0e-4d0a-9a53-0c5a7b1f2d11' },
    code: 'K9A1',
    title: 'Enroll app.example.com',
    startedBy: 'KEYEXAMPLE\\rkim',
    startedAtMs: noonMs - 60_000,
    failedAtMs: noonMs,
    message: 'The RPC server is unavailable.',
    link: 'https://command.example.com/Portal/Workflow/1',
    ...overrides,
  };
}

/** One run of a workflow that failed at noon, and still stands failed. */
export function anIncident(overrides: Partial<Incident> = {}): Incident {
  return {
    id: 'incident-1',
    code: 'KA17',
    key: '["command","web","issue","failed","the rpc server is unavailable."]',
    system: 'command',
    definition: anInstance().definition,
    step: { uniqueName: 'issue-1', name: 'Issue' },
    lastGoodStep: 'Approval by the PKI team',
    kind: 'failed',
    count: 1,
    unresolved: 1,
    failed: overrides.unresolved ?? 1,
    messages: [{ text: 'The RPC server is unavailable.', count: overrides.count ?? 1 }],
    samples: [aSample()],
    firstAtMs: noonMs,
    lastAtMs: noonMs,
    heardAtMs: overrides.lastAtMs ?? noonMs,
    state: { kind: 'open' },
    version: 1,
    ...overrides,
  };
}

/** Its alert, by a rule that mentions nobody. */
export function anAlert(overrides: Partial<Alert> = {}): Alert {
  return {
    incident: anIncident(),
    route: { rule: 'Web servers', channels: ['C0OPS'], mentions: [], severity: 'warning' },
    actions: ['restart', 'details', 'mute', 'take'],
    ...overrides,
  };
}
