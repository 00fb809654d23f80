import { describe, expect, it } from '@jest/globals';
import { type Inline, parseInline, parseMrkdwn, plainText } from '../../../src/sandbox/slack/page/mrkdwn.js';

const text = (text: string): Inline => ({ kind: 'text', text: text });

describe('mrkdwn', () => {
  it('reads bold, italic and struck words, also inside each other', () => {
    expect(parseInline('*bold* _soft_ ~gone~ *_both_*')).toEqual([
      { kind: 'bold', children: [text('bold')] },
      text(' '),
      { kind: 'italic', children: [text('soft')] },
      text(' '),
      { kind: 'strike', children: [text('gone')] },
      text(' '),
      { kind: 'bold', children: [{ kind: 'italic', children: [text('both')] }] },
    ]);
  });

  it.each(['snake_case_name', '2 * 3 * 4', '* not a list *', '**', '*open', 'a*b*c', '*across\nlines*'])(
    'leaves %j without emphasis',
    (source) => {
      expect(parseInline(source).every(({ kind }) => kind === 'text' || kind === 'line-break')).toBe(true);
    },
  );

  it('does not look for markup inside code', () => {
    expect(parseInline('run `certutil *-dump* &lt;file&gt;` now')).toEqual([
      text('run '),
      { kind: 'code', text: 'certutil *-dump* <file>' },
      text(' now'),
    ]);
  });

  it('does not end emphasis inside code, so that a wildcard stays whole in bold', () => {
    expect(parseInline('*`CN=*.a.example`*')).toEqual([
      { kind: 'bold', children: [{ kind: 'code', text: 'CN=*.a.example' }] },
    ]);
  });

  it('reads links with and without a label, and unescapes their address', () => {
    expect(parseInline('<https://a.example/?x=1&amp;y=2|the *wiki*> <mailto:pki@a.example>')).toEqual([
      { kind: 'link', url: 'https://a.example/?x=1&y=2', label: 'the *wiki*' },
      text(' '),
      { kind: 'link', url: 'mailto:pki@a.example', label: 'pki@a.example' },
    ]);
  });

  it('keeps a link whole when its address holds a formatting character', () => {
    const link = { kind: 'link', url: 'https://a.example/x*y', label: 'x' };
    expect(parseInline('*<https://a.example/x*y|x>*')).toEqual([{ kind: 'bold', children: [link] }]);
  });

  it('refuses addresses that could run a script', () => {
    expect(parseInline('<javascript:alert(1)|click>')).toEqual([text('<javascript:alert(1)|click>')]);
  });

  it('reads mentions of people, channels and everybody', () => {
    expect(parseInline('<@U1> <@U2|tom> <#C1|general> <!here> <!subteam^S1|@pki>')).toEqual([
      { kind: 'user', id: 'U1', label: '' },
      text(' '),
      { kind: 'user', id: 'U2', label: 'tom' },
      text(' '),
      { kind: 'channel', id: 'C1', label: 'general' },
      text(' '),
      { kind: 'broadcast', label: '@here' },
      text(' '),
      { kind: 'group', id: 'S1', label: '@pki' },
    ]);
  });

  it('shows an escaped broadcast as the text it is', () => {
    expect(parseInline('&lt;!channel&gt; &amp;amp;')).toEqual([text('<!channel> &amp;')]);
  });

  it('reads a date with its format and fallback', () => {
    expect(parseInline('<!date^1392734382^{date_short} at {time}^https://a.example|in 2014>')).toEqual([
      {
        kind: 'date',
        seconds: 1392734382,
        format: '{date_short} at {time}',
        fallback: 'in 2014',
        url: 'https://a.example',
      },
    ]);
  });

  it('turns known emoji into their character and leaves the others as they were written', () => {
    expect(parseInline(':lock: at 10:30:00 :no_such_thing:')).toEqual([
      { kind: 'emoji', name: 'lock', glyph: '🔒' },
      text(' at 10:30:00 :no_such_thing:'),
    ]);
    expect(plainText('Approve :white_check_mark: *now*')).toBe('Approve ✅ *now*');
  });

  it('gathers quoted lines, written with or without an entity', () => {
    expect(parseMrkdwn('before\n> one\n&gt; two\nafter')).toEqual([
      { kind: 'lines', children: [text('before')] },
      { kind: 'quote', children: [text('one'), { kind: 'line-break' }, text('two')] },
      { kind: 'lines', children: [text('after')] },
    ]);
  });

  it('quotes everything after three signs', () => {
    expect(parseMrkdwn('>>> one\ntwo')).toEqual([
      { kind: 'quote', children: [text('one'), { kind: 'line-break' }, text('two')] },
    ]);
  });

  it('keeps preformatted text letter by letter, without the line breaks of its fence', () => {
    expect(parseMrkdwn('look:\n```\n*a* &lt;b&gt;\n  c\n```\nend')).toEqual([
      { kind: 'lines', children: [text('look:')] },
      { kind: 'pre', text: '*a* <b>\n  c' },
      { kind: 'lines', children: [text('end')] },
    ]);
  });

  it('shows a fence that nobody closed', () => {
    expect(parseMrkdwn('a ```b')).toEqual([{ kind: 'lines', children: [text('a ```b')] }]);
  });
});
