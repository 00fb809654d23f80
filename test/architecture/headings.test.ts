import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Approval, ApprovalState, Ending, WaitingNote } from '../../src/domain/approval.js';
import type { InstanceStatus } from '../../src/domain/instance.js';
import { defined } from '../../src/shared/language.js';
import { plainFormatter } from '../../src/slack/format.js';
import { headline } from '../../src/slack/text/approval-state.js';
import {
  aDecision,
  aLinkOnlyApproval,
  anApproval,
  anInboundApproval,
  aVote,
  noonMs,
} from '../support/an-approval.js';
import { root } from './source-files.js';

const ana = aDecision({ votes: [aVote({ name: 'Ana Ruiz' })] });
const li = aDecision({ verdict: 'deny', votes: [aVote({ name: 'Li Wei', verdict: 'deny' })] });

const notes: readonly WaitingNote[] = [
  { kind: 'facts-changed', changes: [] },
  { kind: 'released', decision: ana },
  { kind: 'too-old', decision: ana },
  { kind: 'refused', decision: ana, reason: 'no-role' },
  { kind: 'vote-void', names: ['Ana Ruiz'] },
];

const standing = (kind: InstanceStatus['kind']) => ({ status: { kind, raw: kind } });

const endings: readonly Ending[] = [
  { kind: 'approved', now: standing('complete'), elsewhere: false },
  { kind: 'approved', now: standing('failed'), elsewhere: false },
  { kind: 'decided-elsewhere', now: standing('complete') },
  { kind: 'decided-elsewhere', now: standing('rejected') },
  { kind: 'decided-elsewhere', now: standing('failed') },
  { kind: 'decided-elsewhere', now: standing('unknown') },
  { kind: 'decided-elsewhere', now: standing('running') },
  { kind: 'overtaken', now: standing('complete') },
  { kind: 'not-visible' },
  { kind: 'not-visible', isAccepted: true },
  { kind: 'unwatched' },
  { kind: 'restarted', candidates: 0 },
];

/** Every way an approval can stand that has a heading of its own. */
const states: readonly ApprovalState[] = [
  { kind: 'waiting' },
  ...notes.map((note) => ({ kind: 'waiting', note }) as const),
  { kind: 'deciding', decision: ana },
  { kind: 'held', decision: ana, untilMs: noonMs },
  { kind: 'checking', decision: ana, sentAtMs: noonMs, isAccepted: false },
  { kind: 'recorded', decision: ana },
  { kind: 'not-moved', decision: ana },
  ...endings.map((ending) => ({ kind: 'ended', ending, decision: ana, atMs: noonMs }) as const),
  { kind: 'ended', ending: { kind: 'denied', now: standing('rejected') }, decision: li, atMs: noonMs },
];

const chose = (output: string, verdict: 'approve' | 'deny' = 'approve') =>
  aDecision({ verdict, output, votes: [aVote({ name: 'Ana Ruiz', verdict, output })] });

const chosenEndings: readonly [Ending, ReturnType<typeof chose> | undefined][] = [
  [{ kind: 'approved', now: standing('complete'), elsewhere: false }, chose('Approved')],
  [{ kind: 'approved', now: standing('complete'), elsewhere: false }, chose('Send back')],
  [{ kind: 'denied', now: standing('complete') }, chose('Rejected', 'deny')],
  [{ kind: 'decided-elsewhere', now: standing('complete') }, undefined],
  [{ kind: 'decided-elsewhere', now: standing('aborted') }, undefined],
  [{ kind: 'outcome-unknown', now: standing('suspended') }, chose('Approved')],
];

/** What is said otherwise of a step a workflow told of itself. */
const listedStates: readonly ApprovalState[] = [
  { kind: 'waiting' },
  { kind: 'deciding', decision: chose('Send back') },
  { kind: 'not-moved', decision: chose('Send back') },
  ...chosenEndings.map(
    ([ending, decision]) => ({ kind: 'ended', ending, atMs: noonMs, ...defined({ decision }) }) as const,
  ),
];

/** Lists the headings of cards in the table of a chapter. */
function headingsUnder(chapter: string): string[] {
  const text = readFileSync(join(root, 'docs/approvers.md'), 'utf8');
  const [, after = ''] = text.split(chapter);
  const [rows = ''] = after.split('\n## ');
  return [...rows.matchAll(/^\| [*_](.+?)[*_] +\|/gm)].map((match) => match[1] ?? '');
}

describe('what approvers are told in the documents', () => {
  it('is every heading a card can have, in the same words', () => {
    const renderContext = { formatter: plainFormatter, labelOf: () => 'Command' };
    const shown = states.map((state) =>
      headline(anApproval({ state }), renderContext).replace(' · K7F3', ''),
    );
    const reported = headingsUnder('## What the card says afterwards');
    expect(reported.sort()).toEqual([...new Set(shown)].sort());
  });

  it('is every heading of a card a workflow sent that others do not have', () => {
    const renderContext = { formatter: plainFormatter, labelOf: () => 'Work Tasks' };
    const bare = (approval: Approval) => headline(approval, renderContext).replace(' · K7F3', '');
    const shown = [
      ...listedStates.map((state) => bare(anInboundApproval({ state }))),
      bare(aLinkOnlyApproval()),
    ];
    expect(headingsUnder('## Cards a workflow sends').sort()).toEqual([...new Set(shown)].sort());
  });
});
