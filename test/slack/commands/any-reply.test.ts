import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { validateBlocks, validateView } from '../../../src/sandbox/slack/validate.js';
import { blocksLength } from '../../../src/slack/blocks/blocks.js';
import { noticeMessage, plainNotice } from '../../../src/slack/blocks/notice.js';
import { runPicker, startModal, waitingPicker } from '../../../src/slack/blocks/pickers.js';
import { plainReply, replyMessage } from '../../../src/slack/blocks/reply.js';
import { hostileText } from '../hostile.js';
import { anyChange, anyReplies, anyRows, anyStartOptions } from './any-reply.js';

const text = { labelOf: (system: string) => system, command: '/workflow', choiceId: 'choice-1' };
/** Markup only we may write: mentions of ids and dates. */
const ours =
  /<@[A-Z][A-Z0-9]{2,30}>|<#[CG][A-Z0-9]{2,30}>|<!date\^\d+\^[{}a-z_ ]+\|[\dTA-Z: -]+(?:at \d\d:\d\d UTC)?>/g;

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

function expectSound({ text, blocks }: ReturnType<typeof replyMessage>): void {
  expect(validateBlocks(blocks, 'message')).toEqual([]);
  expect(blocksLength(blocks)).toBeLessThan(10_000);
  expect(text.length).toBeGreaterThan(0);
  expect(text.length).toBeLessThan(3_900);
  expectNoForeignMarkup([text, ...mrkdwnOf(blocks)]);
}

describe('whatever a command answers', () => {
  it.each(anyReplies)('%s is a message Slack takes, with no markup from outside', (_kind, any) => {
    fc.assert(
      fc.property(any, (reply) => {
        expectSound(replyMessage(reply, text));
        expectSound(plainReply(reply, text));
      }),
      { numRuns: 60 },
    );
  });

  it('told by direct message is a notice Slack takes, with no markup from outside', () => {
    fc.assert(
      fc.property(anyChange, (record) => {
        expectSound(noticeMessage({ kind: 'change', record }, text.labelOf));
        expectSound(plainNotice({ kind: 'change', record }, text.labelOf));
      }),
      { numRuns: 150 },
    );
  });

  it('is asked for in windows Slack takes, with no markup from outside', () => {
    fc.assert(
      fc.property(anyRows, anyStartOptions, hostileText, (rows, options, text) => {
        const start = { pickerId: 'p', values: [{ name: text, text }], command: '/workflow' };
        const views = [
          ...(['status', 'restart', 'output', 'variable', 'alert'] as const).map((verb) =>
            runPicker({ line: { verb }, pickerId: 'p', rows, command: '/workflow' }),
          ),
          ...(['output', 'alert'] as const).map((verb) =>
            runPicker({ line: { verb, ref: text }, pickerId: 'p', rows: [], command: '/workflow' }),
          ),
          runPicker({ line: { verb: 'why' }, pickerId: 'p', rows: undefined, command: '/workflow' }),
          waitingPicker('execute', 'p'),
          startModal({ ...start, options: undefined }),
          startModal({ ...start, options, typed: { workflow: text, fits: 'several' } }),
          ...options.slice(0, 5).map((_one, chosen) => startModal({ ...start, options, chosen })),
        ];
        for (const view of views) {
          expect(validateView(view, 'modal')).toEqual([]);
          expectNoForeignMarkup(mrkdwnOf(view));
        }
      }),
      { numRuns: 60 },
    );
  });
});
