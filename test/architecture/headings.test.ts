import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { headline } from '../../src/chat/slack/messages/cards/states.js';
import { plainInk } from '../../src/chat/slack/messages/ink.js';
import type { ApprovalState, Ending, WaitingNote } from '../../src/domain/approval.js';
import type { InstanceStatus } from '../../src/domain/instance.js';
import { aDecision, anApproval, aVote, noonMs } from '../support/an-approval.js';
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
  { kind: 'overtaken', now: standing('complete') },
  { kind: 'not-visible' },
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

describe('what approvers are told in the documents', () => {
  it('is every heading a card can have, in the same words', () => {
    const wording = { ink: plainInk, labelOf: () => 'Command' };
    const shown = states.map((state) => headline(anApproval({ state }), wording).replace(' · K7F3', ''));
    const text = readFileSync(join(root, 'docs/approvers.md'), 'utf8');
    const [, table = ''] = text.split('## What the card says afterwards');
    const [rows = ''] = table.split('\n## ');
    const told = [...rows.matchAll(/^\| [*_](.+?)[*_] +\|/gm)].map((match) => match[1] ?? '');
    expect(told.sort()).toEqual([...new Set(shown)].sort());
  });
});
