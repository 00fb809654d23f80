import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FixedNotice } from '../../src/domain/notification.js';
import type { ClickReply } from '../../src/domain/voting.js';
import { approvalCard, decisionModal, detailsModal, plainCard } from '../../src/slack/blocks/card.js';
import { noticeMessage, plainNotice } from '../../src/slack/blocks/notice.js';
import { mrkdwnFormatter } from '../../src/slack/format.js';
import { clickReplyText } from '../../src/slack/text/answer.js';
import { aDialog, aPersonId, aReceipt, aVote } from '../support/an-approval.js';
import { aRule } from './a-card.js';
import { anyApproval, anyCard, hostileText } from './hostile.js';
import { createSoundness } from './sound.js';

const labelOf = () => 'Command';
/** Markup only we may write: mentions of ids and dates. */
const ours =
  /<@[A-Z][A-Z0-9]{2,30}>|<!subteam\^S[A-Z0-9]{2,30}>|<!date\^\d+\^[{}a-z_ ]+\|[\dTA-Z: -]+(?:at \d\d:\d\d UTC)?>/g;

const { expectNoForeignMarkup, expectSound, expectSoundModal } = createSoundness(ours);

const repudiated = { kind: 'disowned', person: aPersonId(), receipt: 'R4T9XW', cancelled: 1 } as const;

describe('whatever an approval holds', () => {
  it('its card is one Slack takes, with no markup from outside', () => {
    fc.assert(
      fc.property(anyCard, (card) => {
        expectSound(approvalCard(card, labelOf));
        expectSound(plainCard(card, labelOf));
      }),
      { numRuns: 400 },
    );
  });

  it('its modals are ones Slack takes, with no markup from outside', () => {
    fc.assert(
      fc.property(anyCard, hostileText, fc.constantFrom('approve', 'deny'), (card, name, verb) => {
        const decider = { name, identities: [name] };
        const outputs = card.approval.inbound?.outputs ?? [];
        const views = [
          detailsModal(card, labelOf),
          decisionModal(card, aDialog({ verb }), { labelOf, decider }),
          ...outputs.map((one, output) =>
            decisionModal(card, aDialog({ verb: one.verdict, output }), { labelOf, decider }),
          ),
        ];
        for (const view of views) {
          expectSoundModal(view);
          expect(JSON.stringify(view).length).toBeLessThan(200_000);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('its notices and answers are ones Slack takes, with no markup from outside', () => {
    fc.assert(
      fc.property(anyApproval, hostileText, (approval, text) => {
        const notices: readonly FixedNotice[] = [
          { kind: 'outcome', approval },
          { kind: 'released', approval, why: 'overtaken' },
          { kind: 'vote-void', approval, why: 'rights' },
          { kind: 'late-answer', approval, reply: { kind: 'over', approval } },
          { kind: 'late-answer', approval: undefined, reply: { kind: 'broke', ref: text } },
          { kind: 'operators', event: { kind: 'channel-lost', channel: text, reason: text } },
          { kind: 'operators', event: { kind: 'signal-refused', approval, reason: 'no-role' } },
          { kind: 'operators', event: { kind: 'not-moved', approval } },
          { kind: 'operators', event: { kind: 'no-step', system: text, name: text, run: text } },
          { kind: 'outcome-unknown', approval },
          { kind: 'receipt', receipt: aReceipt({ vote: aVote({ name: text, comment: text }) }), approval },
          { kind: 'operators', event: { kind: 'too-few', approval, gap: { able: 0, wanted: 2 } } },
          { kind: 'operators', event: { ...repudiated, name: text, approval } },
          { kind: 'operators', event: { kind: 'restored', person: aPersonId(), by: aPersonId('U0BO') } },
          { kind: 'operators', event: { kind: 'result-not-visible', approval, permission: text } },
        ];
        for (const notice of notices) {
          expectSound(noticeMessage(notice, labelOf));
          expectSound(plainNotice(notice, labelOf));
        }
        const counts = { have: 1, of: 2, output: text };
        const results: readonly ClickReply[] = [
          { kind: 'decided', approval },
          { kind: 'being-decided', approval },
          { kind: 'vote-withdrawn', approval },
          { kind: 'already-voted', ...counts },
          { kind: 'vote-counted', ...counts },
          { kind: 'same-identity', other: text, output: text },
          { kind: 'too-old', verdict: 'deny', output: text },
          { kind: 'beyond-one-account', approval },
          { kind: 'incomplete', missing: 'typed' },
          { kind: 'refused', why: { kind: 'portal-only', rule: aRule({ name: text }) } },
          { kind: 'refused', why: { kind: 'group-not-checked', rule: aRule({ name: text }) } },
          {
            kind: 'refused',
            why: { kind: 'not-an-approver', rule: aRule({ name: text, groups: [text] }) },
          },
        ];
        for (const one of results) {
          const reply = clickReplyText(one, { formatter: mrkdwnFormatter, labelOf });
          expectNoForeignMarkup([reply]);
          expect(reply.length).toBeLessThan(3_900);
        }
      }),
      { numRuns: 150 },
    );
  });
});
