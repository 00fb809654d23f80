import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { validateBlocks, validateView } from '../../../src/sandbox/slack/validate.js';
import {
  alertMessage,
  alertModal,
  followUpMessage,
  plainAlert,
  plainFollowUp,
  plainRecovery,
  recoveryMessage,
  sentenceModal,
} from '../../../src/slack/blocks/alert.js';
import { blocksLength, type Rendered } from '../../../src/slack/blocks/blocks.js';
import { mrkdwnFormatter } from '../../../src/slack/format.js';
import { alertReplyText } from '../../../src/slack/text/alert.js';
import { aPersonId } from '../../support/an-approval.js';
import { anyAlert, anyFollowUp, anyPlainReply, anyProposal } from './any-alert.js';

const labelOf = (system: string) => system;
/** Markup only we may write: mentions of ids and channels, and dates. */
const ours =
  /<@[A-Z][A-Z0-9]{2,30}>|<#[CG][A-Z0-9]{2,30}>|<!subteam\^S[A-Z0-9]{2,30}>|<!date\^\d+\^[{}a-z_ ]+\|[\dTA-Z: -]+(?:at \d\d:\d\d UTC)?>/g;

/** Collects the texts Slack reads as markup. */
function mrkdwnOf(part: unknown): readonly string[] {
  if (Array.isArray(part)) return part.flatMap(mrkdwnOf);
  if (typeof part !== 'object' || part === null) return [];
  const own = 'type' in part && part.type === 'mrkdwn' && 'text' in part ? [String(part.text)] : [];
  return [...own, ...Object.values(part).flatMap(mrkdwnOf)];
}

function expectNoForeignMarkup(texts: readonly string[]): void {
  for (const text of texts) {
    expect(text.replace(ours, '')).not.toMatch(/<|&(?!(?:amp|lt|gt);)/);
    expect(text).not.toMatch(/\p{Surrogate}/u);
    expect(text).not.toMatch(/\p{Cf}/u);
  }
}

function expectSound({ text, blocks }: Rendered): void {
  expect(validateBlocks(blocks, 'message')).toEqual([]);
  expect(blocks.length).toBeLessThanOrEqual(50);
  expect(blocksLength(blocks)).toBeLessThan(10_000);
  expect(text.length).toBeGreaterThan(0);
  expect(text.length).toBeLessThan(3_900);
  expectNoForeignMarkup([text, ...mrkdwnOf(blocks)]);
}

describe('whatever fails', () => {
  it('its alert is one Slack takes, with no markup from outside', () => {
    fc.assert(
      fc.property(anyAlert, (alert) => {
        expectSound(alertMessage(alert, labelOf));
        expectSound(plainAlert(alert, labelOf));
      }),
      { numRuns: 300 },
    );
  });

  it('its thread is one Slack takes, with no markup from outside', () => {
    fc.assert(
      fc.property(anyFollowUp, (followUp) => {
        expectSound(followUpMessage(followUp, labelOf));
        expectSound(plainFollowUp(followUp, labelOf));
      }),
      { numRuns: 200 },
    );
  });

  it('what is asked and answered about it privately is sound too', () => {
    fc.assert(
      fc.property(anyProposal, anyPlainReply, (proposal, reply) => {
        expectSound(recoveryMessage(proposal, labelOf));
        expectSound(plainRecovery(proposal, labelOf));
        const renderContext = { formatter: mrkdwnFormatter, labelOf };
        const received = alertReplyText(reply, { person: aPersonId(), renderContext });
        expectNoForeignMarkup([received]);
        expect(validateView(sentenceModal(received), 'modal')).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('its window is one Slack takes, with no markup from outside', () => {
    fc.assert(
      fc.property(anyAlert, (alert) => {
        const view = alertModal(alert, labelOf);
        expect(validateView(view, 'modal')).toEqual([]);
        expectNoForeignMarkup(mrkdwnOf(view));
      }),
      { numRuns: 150 },
    );
  });
});
