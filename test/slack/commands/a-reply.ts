import type { ChangeRecord } from '../../../src/domain/change.js';
import type { Row, StatusReport } from '../../../src/domain/reply.js';
import type { Reply } from '../../../src/use-cases/commands/run-command.js';
import { anInstance, aPersonId, noonMs } from '../../support/an-approval.js';

/** A run that waits, with the code people know it by. */
export function aRow(overrides: Partial<Row> = {}): Row {
  return { code: 'K7F3', instance: anInstance(), label: 'Command', ...overrides };
}

/** Where a run stands that can be restarted and stopped. */
export function aStatus(overrides: Partial<StatusReport> = {}): Extract<Reply, { kind: 'status' }> {
  return { kind: 'status', status: { ...aRow(), allowed: ['restart', 'stop'], history: [], ...overrides } };
}

/** A change Ada asked for and has not confirmed. */
export function aChange(overrides: Partial<ChangeRecord> = {}): ChangeRecord {
  return {
    id: 'change-1',
    person: aPersonId('U0ADA', 'T0SIMULATED'),
    change: { kind: 'stop', instance: anInstance().ref },
    title: 'Enroll app.example.com',
    definition: 'Web servers',
    code: 'K7F3',
    isOverride: false,
    phase: 'proposed',
    replicaId: 'bot-1',
    proposedAtMs: noonMs,
    ...overrides,
  };
}

/** What Ada is asked before it happens. */
export function aProposal(
  overrides: Partial<Extract<Reply, { kind: 'proposal' }>> = {},
): Extract<Reply, { kind: 'proposal' }> {
  return { kind: 'proposal', record: aChange(), now: anInstance(), isAllowed: true, ...overrides };
}

/** A change that is over. */
export function anEnd(
  outcome: NonNullable<ChangeRecord['outcome']>,
  overrides: Partial<ChangeRecord> = {},
): ChangeRecord {
  return aChange({ phase: 'over', outcome, ...overrides });
}
