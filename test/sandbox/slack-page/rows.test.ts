import { describe, expect, it } from '@jest/globals';
import { clickTargets } from '../../../src/sandbox/slack/page/block-kit.js';
import { markdownToMrkdwn } from '../../../src/sandbox/slack/page/mrkdwn.js';
import { readRoute, routeLink, type ShownMessage } from '../../../src/sandbox/slack/page/protocol.js';
import { layRows } from '../../../src/sandbox/slack/page/rows.js';

const nowMs = Date.UTC(2026, 10, 21, 12, 0);
const reading = { nowMs, timeZone: 'UTC' };

function aMessage(ts: string, changes: Partial<ShownMessage> = {}): ShownMessage {
  return {
    ts,
    channel: 'C1',
    author: 'U1',
    isFromApp: false,
    text: 'words',
    blocks: [],
    isEdited: false,
    isEphemeral: false,
    replyCount: 0,
    sentMs: nowMs,
    busyActions: [],
    ...changes,
  };
}

function keysOf(messages: readonly ShownMessage[], toggled: readonly string[] = []): readonly string[] {
  return layRows(messages, { toggled: new Set(toggled), reading }).map((row) => row.key);
}

describe('the rows of a conversation', () => {
  it('put a line between days', () => {
    const yesterday = aMessage('1', { sentMs: nowMs - 86_400_000 });
    expect(keysOf([yesterday, aMessage('2')])).toEqual(['day-Yesterday', '1', 'day-Today', '2']);
  });

  it('put short threads under their first message', () => {
    const messages = [aMessage('1', { replyCount: 1 }), aMessage('2'), aMessage('3', { threadTs: '1' })];
    expect(keysOf(messages)).toEqual(['day-Today', '1', 'replies-1', '3', '2']);
  });

  it('fold a thread the person closed', () => {
    const messages = [aMessage('1', { replyCount: 1 }), aMessage('2'), aMessage('3', { threadTs: '1' })];
    expect(keysOf(messages, ['1'])).toEqual(['day-Today', '1', 'replies-1', '2']);
  });

  it('open a long thread only when asked', () => {
    const replies = ['2', '3', '4', '5'].map((ts) => aMessage(ts, { threadTs: '1' }));
    const messages = [aMessage('1', { replyCount: 4 }), ...replies];
    expect(keysOf(messages)).toEqual(['day-Today', '1', 'replies-1']);
    expect(keysOf(messages, ['1'])).toHaveLength(7);
  });

  it('join lines one person wrote one after the other, but never cards', () => {
    const card = aMessage('3', { blocks: [{ type: 'divider' }] });
    const rows = layRows([aMessage('1'), aMessage('2'), card], { toggled: new Set(), reading });
    expect(rows.map((row) => row.kind === 'message' && row.isContinued)).toEqual([false, false, true, false]);
  });
});

describe('the tools of a message', () => {
  it('offer the buttons that report a press, not the links', () => {
    const button = (actionId: string, more = {}) => {
      return { type: 'button', action_id: actionId, text: { type: 'plain_text', text: ':key: Go' }, ...more };
    };
    const blocks = [
      { type: 'section', block_id: 's', accessory: button('restart', { value: 'r1' }) },
      {
        type: 'actions',
        block_id: 'a',
        elements: [button('approve'), button('open', { url: 'https://a.example' })],
      },
    ];
    expect(clickTargets(blocks)).toEqual([
      { label: '🔑 Go', blockId: 's', actionId: 'restart', value: 'r1' },
      { label: '🔑 Go', blockId: 'a', actionId: 'approve', value: '' },
    ]);
  });
});

describe('the address of the page', () => {
  it('says who one is and what is open', () => {
    const route = { actingAs: 'U1', channel: 'C1' };
    expect(readRoute(routeLink(route))).toEqual(route);
    expect(readRoute('')).toEqual({});
  });
});

describe('a markdown block', () => {
  it('is read as the mrkdwn that looks the same', () => {
    const source = '# Title\n- **bold** and *soft*\n[wiki](https://a.example) ```**code**```';
    expect(markdownToMrkdwn(source)).toBe(
      '*Title*\n• *bold* and _soft_\n<https://a.example|wiki> ```**code**```',
    );
  });
});
