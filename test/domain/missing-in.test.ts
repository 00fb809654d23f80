import { describe, expect, it } from '@jest/globals';
import type { WayToApprove } from '../../src/domain/policy.js';
import { missingIn, type Written } from '../../src/domain/voting.js';
import { anApproval } from '../support/an-approval.js';
import { aRule } from './a-policy.js';

type Row = readonly [sentence: string, way: WayToApprove, written: Written, missing: string | undefined];

describe('a decision lacks', () => {
  it.each<Row>([
    ['nothing at one click', 'one-click', { verb: 'approve' }, undefined],
    ['nothing where a comment may be left out', 'comment', { verb: 'approve' }, undefined],
    ['a reason where one is wanted', 'reason', { verb: 'approve' }, 'reason'],
    ['a reason where it is blank', 'reason', { verb: 'approve', comment: ' \n' }, 'reason'],
    [
      'a reason where nothing of it can be seen',
      'reason',
      { verb: 'approve', comment: '\u200b\u2800\u3164\u00ad' },
      'reason',
    ],
    [
      'a reason for a denial nothing of which can be seen',
      'one-click',
      { verb: 'deny', comment: '\u2060' },
      'reason',
    ],
    [
      'a reason where it is made of blanks that count as letters and signs',
      'reason',
      { verb: 'approve', comment: '\u{13441}\u{13442}\u{1d159}\u{e0041}\ufe0f' },
      'reason',
    ],
    ['nothing where the reason is one emoji', 'reason', { verb: 'approve', comment: '👍' }, undefined],
    ['nothing once a reason is there', 'reason', { verb: 'approve', comment: 'ok' }, undefined],
    ['what is to be typed', 'typed', { verb: 'approve', comment: 'ok' }, 'typed'],
    [
      'nothing once the code is typed, whatever its case',
      'typed',
      { verb: 'approve', typed: ' k7f3 ' },
      undefined,
    ],
    [
      'nothing once the subject is typed',
      'typed',
      { verb: 'approve', typed: 'CN=app.example.com' },
      undefined,
    ],
    [
      'it while the subject is in another case',
      'typed',
      { verb: 'approve', typed: 'cn=app.example.com' },
      'typed',
    ],
    ['it while the code is another one', 'typed', { verb: 'approve', typed: 'K7F4' }, 'typed'],
    ['a reason for any denial', 'one-click', { verb: 'deny' }, 'reason'],
    ['nothing typed for a denial', 'typed', { verb: 'deny', comment: 'no' }, undefined],
  ])('%s', (_sentence, approveWith, written, missing) => {
    const rule = aRule({ approveWith });
    expect(missingIn(written, { rule, approval: anApproval() })).toBe(missing);
  });

  it('what is to be typed, where a request has no subject and nothing was typed', () => {
    const { instance } = anApproval();
    const approval = anApproval({ instance: { ...instance, facts: { ...instance.facts, subject: '' } } });
    const rule = aRule({ approveWith: 'typed' });
    expect(missingIn({ verb: 'approve', typed: ' ' }, { rule, approval })).toBe('typed');
  });
});
