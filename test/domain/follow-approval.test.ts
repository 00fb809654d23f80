import { describe, expect, it } from '@jest/globals';
import type { ApprovalState } from '../../src/domain/approval.js';
import { followApproval, type Sighting } from '../../src/domain/follow-approval.js';
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
): Sighting => ({
  kind: 'seen',
  instance,
  isAssigned: more.isAssigned ?? true,
  ...(more.successors ? { successors: more.successors.map((id) => ({ system: 'command', id })) } : {}),
});
const otherFacts = { ...anInstance().facts, subject: 'CN=evil.example.com' };

/** How an instance may be found, in words. */
const sightings: Readonly<Record<string, Sighting>> = {
  'still waits': seen(anInstance()),
  'list line changed': seen(anInstance({ fingerprint: 'f2' })),
  'left the list': seen(anInstance(), { isAssigned: false }),
  'facts changed': seen(anInstance({ facts: otherFacts, fingerprint: 'f2' })),
  'at another step': seen(
    anInstance({ step: { uniqueName: 'approval-2', name: 'Second' }, fingerprint: 'f2' }),
  ),
  'step does not wait': seen(
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
const same = (kind: string): Row => ({
  waiting: kind,
  deciding: kind,
  held: kind,
  checking: kind,
  recorded: kind,
  'not-moved': kind,
  ended: 'unchanged',
});
/** While nothing was sent, whoever is about to send reads for themselves. */
const moved = (waiting: string, checking: string, accepted: string): Row => ({
  ...same(accepted),
  waiting,
  deciding: 'unchanged',
  held: 'unchanged',
  checking,
});

/** What a sighting makes of an approval whose decision, if any, is to approve. */
const approving: Readonly<Record<string, Row>> = {
  'still waits': same('unchanged'),
  'list line changed': same('refreshed'),
  'left the list': same('refreshed'),
  'facts changed': { ...same('unchanged'), waiting: 'facts-changed' },
  'at another step': moved('decided-elsewhere', 'overtaken', 'approved'),
  'step does not wait': moved('decided-elsewhere', 'overtaken', 'approved'),
  complete: moved('decided-elsewhere', 'overtaken', 'approved'),
  rejected: moved('decided-elsewhere', 'overtaken', 'overtaken'),
  failed: moved('decided-elsewhere', 'overtaken', 'approved'),
  'status unknown': moved('decided-elsewhere', 'overtaken', 'overtaken'),
  'restarted to nowhere': moved('restarted', 'restarted', 'restarted'),
  'restarted to one': moved('restarted', 'restarted', 'restarted'),
  'restarted to two': moved('restarted', 'restarted', 'restarted'),
  'not visible': same('not-visible'),
};

/** The same for a decision to deny: only a rejection is what it leads to. */
const denying: Readonly<Record<string, Row>> = {
  ...approving,
  'at another step': moved('decided-elsewhere', 'overtaken', 'overtaken'),
  'step does not wait': moved('decided-elsewhere', 'overtaken', 'overtaken'),
  complete: moved('decided-elsewhere', 'overtaken', 'overtaken'),
  rejected: moved('decided-elsewhere', 'overtaken', 'denied'),
  failed: moved('decided-elsewhere', 'overtaken', 'overtaken'),
};

/** What became of an approval, in one word: the ending if it ended. */
function outcome(state: ApprovalState, sighting: Sighting): string {
  const followed = followApproval(anApproval({ state }), sighting, noonMs);
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

describe('an approval whose signal was accepted but whose effect could not be read', () => {
  const state: ApprovalState = { ...anyAccepted(), isAccepted: true };

  it.each(['complete', 'at another step', 'failed'])('is not called overtaken when found so: %s', (found) => {
    expect(outcome(state, at(found))).not.toBe('overtaken');
  });
});

function anyAccepted(): Extract<ApprovalState, { kind: 'checking' }> {
  const state = anyState('checking');
  if (state.kind !== 'checking') throw new Error('The builder built another state');
  return state;
}

function at(found: string): Sighting {
  const sighting = sightings[found];
  if (!sighting) throw new Error(`There is no sighting "${found}"`);
  return sighting;
}
