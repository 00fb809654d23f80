import { describe, expect, it } from '@jest/globals';
import type { ApprovalState, Ending, WaitingNote } from '../../src/domain/approval.js';
import type { InstanceStatus } from '../../src/domain/instance.js';
import type { ClickReply } from '../../src/domain/voting.js';
import { defined } from '../../src/shared/language.js';
import { fallbackFormatter } from '../../src/slack/format.js';
import { clickReplyText } from '../../src/slack/text/answer.js';
import { headline, noteLines, stateSentence } from '../../src/slack/text/approval-state.js';
import { noticeLines } from '../../src/slack/text/notice.js';
import { aDecision, anApproval, anInboundApproval, aVote, noonMs } from '../support/an-approval.js';

const renderContext = { formatter: fallbackFormatter, labelOf: () => 'Work Tasks' };
const approval = anInboundApproval();
const of = (output: string, verdict: 'approve' | 'deny' = 'approve') =>
  aDecision({ verdict, output, votes: [aVote({ name: 'Ana', verdict, output })] });
const chosen = of('Approved');
const back = of('Send back');
const rejected = of('Rejected', 'deny');

const saying = (state: ApprovalState) => {
  const stated = anInboundApproval({ state });
  return `${headline(stated, renderContext)}\n${stateSentence(stated, renderContext)}`;
};

describe('what a card a workflow told of says', () => {
  const cases: readonly [ApprovalState, readonly string[]][] = [
    [{ kind: 'waiting' }, ['🔐 Decision needed: Leave WF · K7F3', 'Waiting for a decision since']],
    [{ kind: 'deciding', decision: back }, ['⏳ Ana chose “Send back”: sending to Work Tasks']],
    [
      { kind: 'held', decision: chosen, untilMs: noonMs + 600_000 },
      ['⏸️ Ana chose “Approved”: Work Tasks cannot be reached'],
    ],
    [
      { kind: 'checking', decision: chosen, sentAtMs: noonMs, isAccepted: false },
      ['whether Work Tasks accepted it is not known'],
    ],
    [
      { kind: 'not-moved', decision: chosen },
      [
        '✅ Ana chose “Approved”: Work Tasks accepted it',
        'Ana chose “Approved” 2026-01-15 at 12:00 UTC. Work Tasks accepted it; it does not report whether this step moved on. The run is now Waiting.',
      ],
    ],
    [{ kind: 'not-moved', decision: rejected }, ['⛔ Ana chose “Rejected”: Work Tasks accepted it']],
  ];
  it.each(cases)('puts %j into words', (state, phrase) => {
    for (const word of phrase) expect(saying(state)).toContain(word);
  });

  it('does not say of a choice that was taken that nothing moved', () => {
    expect(saying({ kind: 'not-moved', decision: chosen })).not.toMatch(/not moved|retries/);
  });
});

describe('what it says of an ending', () => {
  const at = (kind: InstanceStatus['kind'], fields = {}) => ({ status: { kind, raw: kind }, ...fields });
  const cases: readonly [Ending, typeof chosen | undefined, readonly string[]][] = [
    [
      { kind: 'approved', now: at('complete'), elsewhere: false },
      chosen,
      [
        '✅ Approved by Ana',
        'Approved by Ana 2026-01-15 at 12:00 UTC. Work Tasks then showed it as Complete.',
      ],
    ],
    [{ kind: 'approved', now: at('complete'), elsewhere: false }, back, ['✅ “Send back” chosen by Ana']],
    [{ kind: 'denied', now: at('complete') }, rejected, ['⛔ Rejected by Ana', 'then showed it as Complete']],
    [
      { kind: 'denied', now: at('complete') },
      of('Ask somebody else', 'deny'),
      ['⛔ “Ask somebody else” chosen by Ana'],
    ],
    [
      { kind: 'approved', now: at('failed', { statusMessage: 'disk full' }), elsewhere: false },
      chosen,
      ['⚠️ Approved by Ana, then failed', 'It then failed in Work Tasks: disk full'],
    ],
    [
      { kind: 'decided-elsewhere', now: at('complete') },
      undefined,
      ['☑️ Over in Work Tasks, not decided here', 'and not through Countersign: now Complete'],
    ],
    [{ kind: 'decided-elsewhere', now: at('aborted') }, undefined, ['🚫 Aborted in Work Tasks', 'Aborted']],
    [{ kind: 'decided-elsewhere', now: at('failed') }, undefined, ['⚠️ Failed in Work Tasks']],
    [
      { kind: 'decided-elsewhere', now: at('complete') },
      back,
      ['Ana’s choice “Send back” had not been sent'],
    ],
    [
      { kind: 'outcome-unknown', now: at('suspended') },
      chosen,
      [
        '❔ Ana chose “Approved”: Work Tasks did not confirm it',
        'does not send it again: please look in Work Tasks',
      ],
    ],
    [
      { kind: 'overtaken', now: at('aborted') },
      chosen,
      ['Ana’s choice “Approved” from', 'cannot tell whether'],
    ],
  ];
  it.each(cases)('puts %j into words', (ending, decision, phrase) => {
    const text = saying({ kind: 'ended', ending, atMs: noonMs, ...defined({ decision }) });
    for (const word of phrase) expect(text.replaceAll("'", '’')).toContain(word);
  });

  it('does not call a run decided of which only the end was seen', () => {
    const ending = { kind: 'decided-elsewhere', now: at('complete') } as const;
    expect(saying({ kind: 'ended', ending, atMs: noonMs })).not.toMatch(/Decided in/);
  });
});

describe('what it explains while it waits', () => {
  const cases: readonly [WaitingNote, readonly string[]][] = [
    [{ kind: 'facts-changed', changes: [] }, ['earlier choices no longer count']],
    [{ kind: 'released', decision: back }, ["Ana's choice “Send back”", 'dropped. Nothing was changed']],
    [
      { kind: 'refused', decision: chosen, reason: 'nobody-mapped', isUnsent: true },
      ["Ana's choice “Approved” was not sent to Work Tasks: the settings have no username for them there."],
    ],
    [
      { kind: 'quorum-raised', have: 1, of: 2 },
      ['now needs 2 people, and 1 has chosen this. Nothing has been sent yet'],
    ],
  ];
  it.each(cases)('puts %j into words', (note, phrase) => {
    const text = noteLines(approval, note, renderContext).join('\n');
    for (const word of phrase) expect(text).toContain(word);
  });
});

describe('what somebody who chose is answered privately', () => {
  const results: readonly [ClickReply, string][] = [
    [
      { kind: 'already-voted', have: 1, of: 2, output: 'Approved' },
      'You have chosen “Approved” already, which counts: 1 of 2.',
    ],
    [{ kind: 'same-identity', other: 'Bo', output: 'Send back' }, 'Bo has chosen “Send back” already'],
    [{ kind: 'vote-counted', have: 1, of: 3, output: 'Send back' }, 'Choice “Send back” recorded (1 of 3).'],
    [{ kind: 'vote-withdrawn', approval }, 'Your choice is withdrawn'],
    [
      { kind: 'too-old', verdict: 'deny', output: 'Rejected' },
      'Your choice “Rejected” waited so long to be processed',
    ],
    [
      { kind: 'decided', approval: anInboundApproval({ state: { kind: 'not-moved', decision: back } }) },
      'Work Tasks accepted it',
    ],
  ];
  it.each(results)('puts %j into words', (reply, phrase) => {
    expect(clickReplyText(reply, renderContext)).toContain(phrase);
  });

  it.each([
    ['a workflow’s own step', approval],
    ['an observed one', anApproval()],
  ])('names the other step where a decision about that is in the way of %s', (_sentence, waiting) => {
    const text = clickReplyText({ kind: 'being-decided', approval: waiting }, renderContext);
    expect(text).toContain('another step of the same run is on its way to Work Tasks');
    expect(text).toContain('Your click changed nothing');
    expect(text).not.toContain('decided already');
  });

  it('tells whoever asked how it ended', () => {
    const ending = {
      kind: 'approved',
      now: { status: { kind: 'complete', raw: '' } },
      elsewhere: false,
    } as const;
    const over = anInboundApproval({ state: { kind: 'ended', ending, decision: back, atMs: noonMs } });
    const text = noticeLines({ kind: 'outcome', approval: over }, renderContext).join('\n');
    expect(text).toContain('About your request Leave WF Leave of Rosa Kim (K7F3):');
    expect(text).toContain('“Send back” chosen by Ana');
  });
});
