import { describe, expect, it } from '@jest/globals';
import type { ApprovalState } from '../../src/domain/approval.js';
import { endingOf, followApproval, type Snapshot } from '../../src/domain/approval-lifecycle.js';
import type { Instance } from '../../src/domain/instance.js';
import { anApproval, anInstance, noonMs } from '../support/an-approval.js';
import { anyState, deniedState, stateKinds } from './states.js';

const { step: _step, ...stepless } = anInstance();
const gone = (kind: Instance['status']['kind'], raw = kind): Instance => ({
  ...stepless,
  status: { kind, raw },
  awaitsApproval: false,
  fingerprint: 'f9',
});
const seen = (
  instance: Instance,
  more: { isAssigned?: boolean; successors?: readonly string[] } = {},
): Snapshot => ({
  kind: 'seen',
  instance,
  isAssigned: more.isAssigned ?? true,
  ...(more.successors ? { successors: more.successors.map((id) => ({ system: 'command', id })) } : {}),
});
const otherFacts = { ...anInstance().facts, subject: 'CN=evil.example.com' };

/** How an instance may be found, in words. */
const snapshots: Readonly<Record<string, Snapshot>> = {
  'still waits': seen(anInstance()),
  'list line changed': seen(anInstance({ fingerprint: 'f2' })),
  'left the list': seen(anInstance(), { isAssigned: false }),
  'facts changed': seen(anInstance({ facts: otherFacts, fingerprint: 'f2' })),
  'at another step': seen(
    anInstance({ step: { uniqueName: 'approval-2', name: 'Second' }, fingerprint: 'f2' }),
  ),
  'on its way at the step': seen(
    anInstance({ awaitsApproval: false, status: { kind: 'running', raw: 'Running' } }),
  ),
  complete: seen(gone('complete')),
  rejected: seen(gone('rejected')),
  failed: seen(gone('failed')),
  'status unknown': seen(gone('unknown')),
  'restarted to nowhere': seen(gone('canceled-for-restart')),
  'restarted to one': seen(gone('canceled-for-restart'), { successors: ['next'] }),
  'restarted to two': seen(gone('canceled-for-restart'), { successors: ['next', 'or-next'] }),
  'not visible': { kind: 'not-visible', ref: anInstance().ref },
};

type Row = Readonly<Record<ApprovalState['kind'], string>>;
/** While a signal is under way, whoever carries it out reads for themselves. */
const same = (kind: string): Row => ({
  waiting: kind,
  deciding: 'unchanged',
  held: 'unchanged',
  checking: 'unchanged',
  recorded: kind,
  'not-moved': kind,
  ended: 'unchanged',
});
const moved = (waiting: string, accepted: string): Row => ({ ...same(accepted), waiting });

/** What a sighting makes of an approval whose decision, if any, is to approve. */
const approving: Readonly<Record<string, Row>> = {
  'still waits': same('unchanged'),
  'list line changed': same('refreshed'),
  'left the list': same('refreshed'),
  'facts changed': { ...same('refreshed'), waiting: 'facts-changed' },
  'at another step': moved('decided-elsewhere', 'approved'),
  'on its way at the step': same('unchanged'),
  complete: moved('decided-elsewhere', 'approved'),
  rejected: moved('decided-elsewhere', 'overtaken'),
  failed: moved('decided-elsewhere', 'approved'),
  'status unknown': moved('decided-elsewhere', 'overtaken'),
  'restarted to nowhere': moved('restarted', 'restarted'),
  'restarted to one': moved('restarted', 'restarted'),
  'restarted to two': moved('restarted', 'restarted'),
  'not visible': same('not-visible'),
};

/** The same for a decision to deny: only a rejection is what it leads to. */
const denying: Readonly<Record<string, Row>> = {
  ...approving,
  'at another step': moved('decided-elsewhere', 'overtaken'),
  'on its way at the step': same('unchanged'),
  complete: moved('decided-elsewhere', 'overtaken'),
  rejected: moved('decided-elsewhere', 'denied'),
  failed: moved('decided-elsewhere', 'overtaken'),
};

/** What became of an approval, in one word: the ending if it ended. */
function outcome(state: ApprovalState, snapshot: Snapshot): string {
  const followed = followApproval(anApproval({ state }), snapshot, noonMs);
  return followed.kind === 'ended' ? followed.ending.kind : followed.kind;
}

const cases = (table: Readonly<Record<string, Row>>) =>
  Object.entries(table).flatMap(([found, row]) =>
    stateKinds.map((kind) => [kind, found, row[kind]] as const),
  );

describe('an approval decided to approve', () => {
  it.each(cases(approving))(
    'that is %s, when its instance is found so: %s, is %s',
    (kind, found, expected) => {
      expect(outcome(anyState(kind), at(found))).toBe(expected);
    },
  );
});

describe('an approval decided to deny', () => {
  it.each(cases(denying))('that is %s, when its instance is found so: %s, is %s', (kind, found, expected) => {
    expect(outcome(deniedState(kind), at(found))).toBe(expected);
  });
});

describe('a signal whose attempt is settled by reading', () => {
  const unknown = anyChecking();
  const accepted: ApprovalState = { ...unknown, isAccepted: true };

  it.each(['complete', 'at another step', 'failed'])(
    'is credited with the move if it was accepted: %s',
    (found) => {
      expect(endingOf(accepted, seenAt(found)).kind).toBe('approved');
      expect(endingOf(unknown, seenAt(found)).kind).toBe('overtaken');
    },
  );
});

describe('an approval that was decided about other facts', () => {
  it('keeps showing the facts that were decided about', () => {
    const followed = followApproval(anApproval({ state: anyState('recorded') }), at('facts changed'), noonMs);
    expect(followed).toMatchObject({
      kind: 'refreshed',
      approval: { instance: { facts: anInstance().facts } },
    });
  });
});

function seenAt(found: string): Extract<Snapshot, { kind: 'seen' }> {
  const snapshot = at(found);
  if (snapshot.kind !== 'seen') throw new Error(`${found} is not a sighting of an instance`);
  return snapshot;
}

function anyChecking(): Extract<ApprovalState, { kind: 'checking' }> {
  const state = anyState('checking');
  if (state.kind !== 'checking') throw new Error('The builder built another state');
  return state;
}

function at(found: string): Snapshot {
  const snapshot = snapshots[found];
  if (!snapshot) throw new Error(`There is no sighting "${found}"`);
  return snapshot;
}
