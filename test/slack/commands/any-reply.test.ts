import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { noticeMessage, plainNotice } from '../../../src/slack/blocks/notice.js';
import {
  plainReply,
  replyMessage,
  runPicker,
  startModal,
  waitingPicker,
} from '../../../src/slack/blocks/reply.js';
import { hostileText } from '../hostile.js';
import { createSoundness } from '../sound.js';
import { anyChange, anyReplies, anyRows, anyStartOptions } from './any-reply.js';

const text = { labelOf: (system: string) => system, command: '/workflow', choiceId: 'choice-1' };
/** Markup only we may write: mentions of ids and dates. */
const ours =
  /<@[A-Z][A-Z0-9]{2,30}>|<#[CG][A-Z0-9]{2,30}>|<!date\^\d+\^[{}a-z_ ]+\|[\dTA-Z: -]+(?:at \d\d:\d\d UTC)?>/g;

const { expectSound, expectSoundModal } = createSoundness(ours);

describe('whatever a command answers', () => {
  it.each(anyReplies)('%s is a message Slack takes, with no markup from outside', (_kind, any) => {
    fc.assert(
      fc.property(any, (reply) => {
        expectSound(replyMessage(reply, text));
        expectSound(replyMessage(reply, { ...text, canChart: true }));
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
          expectSoundModal(view);
        }
      }),
      { numRuns: 60 },
    );
  });
});
