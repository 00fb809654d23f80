import type { Change, ChangeRecord } from '../../../src/domain/change.js';
import { anInstance, aPersonId, noonMs } from '../../support/an-approval.js';

/** A change that Ada was shown at noon and has not confirmed. */
export function aProposal(overrides: Partial<ChangeRecord> = {}): ChangeRecord {
  return {
    id: 'change-1',
    person: aPersonId(),
    change: { kind: 'stop', instance: anInstance().ref },
    title: 'Enroll app.example.com',
    definition: 'Web servers',
    code: 'K7F3',
    isOverride: false,
    phase: 'proposed',
    replicaId: 'bot-1',
    proposedAtMs: noonMs,
    responseUrl: 'https://hooks.slack.example/commands/secret',
    channel: 'C0PKI',
    ...overrides,
  };
}

/** A change that Ada confirmed as soon as she was shown it. */
export function aChange(overrides: Partial<ChangeRecord> = {}): ChangeRecord {
  return aProposal({ phase: 'confirmed', confirmedAtMs: noonMs, ...overrides });
}

/** A start of a workflow with two values. */
export function anExecution(overrides: Partial<Extract<Change, { kind: 'execute' }>> = {}): Change {
  return {
    kind: 'execute',
    system: 'tasks',
    definition: 'Rotate keys',
    variables: [
      { name: 'host', type: 'string', value: 'app.example.com' },
      { name: 'force', type: 'boolean', value: 'true' },
    ],
    ...overrides,
  };
}
