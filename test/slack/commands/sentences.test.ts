import { describe, expect, it } from '@jest/globals';
import type { ChangeRecord } from '../../../src/domain/change.js';
import { verbs } from '../../../src/domain/commands.js';
import { fallbackFormatter } from '../../../src/slack/format.js';
import { replyLines } from '../../../src/slack/text/reply.js';
import type { Reply } from '../../../src/use-cases/commands/run-command.js';
import {
  aDecision,
  anApproval,
  anInboundApproval,
  anInstance,
  aPerson,
  aPersonId,
  aReceipt,
  aVote,
  noonMs,
} from '../../support/an-approval.js';
import { aCard, aRule } from '../a-card.js';
import { aChange, anEnd, aProposal, aRow, aStatus } from './a-reply.js';

const renderContext = { formatter: fallbackFormatter, labelOf: () => 'Command', command: '/wf' };
const said = (reply: Reply): string => replyLines(reply, renderContext).join('\n');
const ended = (
  outcome: NonNullable<ChangeRecord['outcome']>,
  overrides: Partial<ChangeRecord> = {},
): string => said({ kind: 'change', record: anEnd(outcome, overrides) });
const instance = anInstance().ref;
const now = (kind: 'rejected' | 'suspended' | 'paused' | 'running' | 'failed') => ({
  status: { kind, raw: kind },
});

describe('the answer to a command', () => {
  it.each(verbs.map((spec) => [spec.name, spec] as const))(
    'explains %s from the table of verbs',
    (name, { summary, usage, example }) => {
      const help = said({ kind: 'help', about: name });
      expect(help).toContain(summary);
      expect(help).toContain(`/wf ${usage.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}`);
      expect(help).toContain(`/wf ${example}`);
    },
  );

  it('tells of a status where it stands, who asked and what can be done', () => {
    const text = said(aStatus({ approval: anApproval() }));
    expect(text).toContain('🟡 Waiting at step Approval by the PKI team');
    expect(text).toContain('KEYEXAMPLE\\rkim');
    expect(text).toContain('Waiting for an approval since');
    expect(text).toContain('/wf restart K7F3 · /wf stop K7F3');
  });

  it('tells in a status what it knows of a run, and of much only the latest', () => {
    const opened = { kind: 'put', atMs: noonMs, approval: anApproval() } as const;
    const vote = {
      kind: 'vote',
      atMs: noonMs,
      vote: aVote({ output: 'Later', comment: 'Monday' }),
    } as const;
    const record = anEnd({ kind: 'done', now: now('rejected') });
    const text = said(aStatus({ history: [opened, vote, { kind: 'change', atMs: noonMs, record }] }));
    expect(text).toContain('it started waiting at Approval by the PKI team; card K7F3');
    expect(text).toContain('Ada Okafor chose Later: “Monday”');
    expect(text).toContain('<@U0ADA> asked to stop it. ⛔ Stopped. In Command it is now Rejected.');
    expect(said(aStatus({ history: Array.from({ length: 15 }, () => opened) }))).toContain(
      '• 3 earlier entries not shown',
    );
  });

  it('tells in a status what the system says of its signals, and who can still decide', () => {
    const signals = [
      { name: 'ApprovalStatus', isReceived: true },
      { name: 'Review', isReceived: false },
    ];
    const text = said(aStatus({ instance: anInstance({ signals }), canAct: [aPersonId()] }));
    expect(text).toContain('according to Command: ApprovalStatus received, Review not received');
    expect(text).toContain('Can still decide: <@U0ADA>');
    expect(said(aStatus({ canAct: [] }))).toContain('Can still decide: nobody');
    expect(said(aStatus())).not.toMatch(/Signals|Can still decide|knows about it/);
  });

  it('says the whole line where one word more would not do', () => {
    expect(said(aStatus({ allowed: ['alert'] }))).toContain(
      '/wf alert K7F3 &lt;activity id&gt; &lt;output&gt;',
    );
  });

  it('shows a state nobody foresaw the way the system wrote it', () => {
    const odd = anInstance({ status: { kind: 'unknown', raw: 'FE?' } });
    expect(said(aStatus({ instance: odd, allowed: [] }))).toMatch(
      /❔ FE\?.*there is no command you may use/s,
    );
  });

  it('names the systems a list lacks', () => {
    const list = {
      kind: 'list',
      state: 'failed',
      page: 1,
      rows: [],
      hasMore: false,
      silent: ['Command', 'Tasks'],
    } as const;
    expect(said(list)).toMatch(/Failed workflows: none you may see.*Command and Tasks could not be read/s);
    expect(said({ ...list, rows: [aRow()], silent: [] })).toMatch(/K7F3.*Enroll app\.example\.com/);
  });

  it('says of what was not found that it may be where nobody could look', () => {
    const text = said({ kind: 'not-found', typed: 'web 7', silent: ['Command'] });
    expect(text).toMatch(/Nothing was found for web 7.*Command could not be read; it may be there/s);
  });

  it('explains where a card went and who may decide', () => {
    const why = {
      ...aRow(),
      routeName: 'PKI',
      targets: ['C0PKI', 'T0EXAMPLE/U0BO'],
      rule: aRule({ quorum: 2 }),
      people: [
        { person: aPerson(), may: { kind: 'yes', rule: aRule(), identities: [] } },
        { person: aPerson({ id: aPersonId('U0BO'), name: 'Bo' }), may: { kind: 'own-request' } },
      ],
      asker: { kind: 'no-rule' },
    } as const;
    const text = said({ kind: 'why', why });
    expect(text).toContain('<#C0PKI>, <@U0BO> (“PKI”)');
    expect(text).toContain('“PKI Approvers”, 2 must approve');
    expect(text).toContain('<@U0ADA> Ada Okafor: may decide.');
    expect(text).toContain('<@U0BO> Bo: may not: this is their own request.');
    expect(text).not.toContain('It is over');
  });

  it('says of a workflow that is over that nobody has to decide any more', () => {
    const over = aRow({ instance: anInstance({ status: { kind: 'complete', raw: 'Complete' } }) });
    const why = { ...over, targets: [], people: [], asker: { kind: 'no-rule' } } as const;
    expect(said({ kind: 'why', why })).toContain(
      'It is over, so nobody has to decide. This is what the rules say.',
    );
  });

  it('lists what waits for somebody, and where its card is', () => {
    const none = { kind: 'approvals', page: 1, rows: [], hasMore: false, total: 0, voted: 0 } as const;
    expect(said(none)).toBe('Nothing waits for your decision.');
    const text = said({ ...none, rows: [{ card: aCard(), channel: 'C0PKI' }], total: 11, hasMore: true });
    expect(text).toContain('Waiting for your decision: 11, page 1');
    expect(text).toMatch(
      /K7F3 🔐 Certificate enrollment CN=app\.example\.com\n.*requested by KEYEXAMPLE\\rkim.*<#C0PKI>/,
    );
    expect(said({ ...none, voted: 1 })).toContain('You have voted on 1 more, which is waiting for others.');
  });

  it('does not add up different choices of a workflow', () => {
    const card = aCard({
      approval: anInboundApproval(),
      rule: aRule({ quorum: 2 }),
      votes: [aVote({ output: 'Approved' }), aVote({ output: 'Send back' })],
    });
    const list = {
      kind: 'approvals',
      page: 1,
      rows: [{ card }],
      hasMore: false,
      total: 1,
      voted: 0,
    } as const;
    expect(said(list)).toContain('2 have chosen; 2 must choose the same');
  });

  it('says in a receipt of a choice that only the choice is sent', () => {
    const vote = aVote({ output: 'Send back' });
    const decision = aDecision({ votes: [vote], output: 'Send back' });
    const approval = anInboundApproval({ state: { kind: 'deciding', decision } });
    const comment = 'Approved by Ada Okafor via Countersign';
    const receipt = aReceipt({ vote });
    const text = said({ kind: 'receipt', receipt, approval, isRepudiated: false, comment });
    expect(text).toContain('choice “Send back”');
    expect(text).not.toContain(comment);
  });

  it('does not say in a receipt that nothing is sent of a vote the system has counted already', () => {
    const text = said({ kind: 'receipt', receipt: aReceipt(), approval: anApproval(), isRepudiated: false });
    expect(text).not.toMatch(/nothing/);
  });

  it('names the systems of which a list shows only the newest runs', () => {
    const list = { kind: 'list', state: 'any', page: 1, rows: [], hasMore: false, silent: [] } as const;
    expect(said({ ...list, cut: ['Command'] })).toContain(
      'Only the newest workflows of Command were searched; add words to find older ones.',
    );
    expect(said(list)).not.toContain('looked through');
  });

  it('says what a system offers instead of what it does not', () => {
    const text = said({ kind: 'unsupported', verb: 'pause', label: 'Command', offers: ['restart', 'stop'] });
    expect(text).toContain('Command has no “pause”.');
    expect(text).toContain('restart, stop');
  });

  it('says what value was expected', () => {
    const text = said({ kind: 'bad-value', name: 'days', typed: 'x', expected: 'a number such as 3' });
    expect(text).toContain('days cannot be x; it takes a number such as 3');
  });
});

describe('a proposal', () => {
  const of = (change: ChangeRecord['change'], isAllowed = true): string =>
    said(aProposal({ record: aChange({ change }), isAllowed }));

  it.each([
    [{ kind: 'restart', instance }, /from step 1.*cannot be undone/s],
    [{ kind: 'stop', instance }, /rejected.*cannot be undone/s],
    [{ kind: 'abort', instance }, /ends at once.*cannot be undone/s],
    [{ kind: 'pause', instance }, /Pauses.*Undo later: .*\/wf resume K7F3/s],
    [{ kind: 'resume', instance, afterError: true }, /tries again from where it failed.*\/wf pause K7F3/s],
    [
      { kind: 'alert', instance, activityId: '8812', output: 'Yes' },
      /Answers activity 8812 with Yes;.*cannot be undone/s,
    ],
  ] as const)('to %j says what happens and whether there is a way back', (change, text) => {
    expect(of(change)).toMatch(text);
    expect(of(change)).toContain('K7F3');
  });

  it('to start a workflow names its values', () => {
    const change = {
      kind: 'execute',
      system: 'tasks',
      definition: 'Leave request',
      variables: [{ name: 'days', type: 'number', value: '3' }],
    } as const;
    const { code: _none, ...record } = aChange({ change, title: 'Leave request' });
    expect(said({ kind: 'proposal', record, isAllowed: true })).toMatch(/Leave request.*days = 3/s);
  });

  it('to start a version of a workflow names the version beside its values', () => {
    const change = {
      kind: 'execute',
      system: 'tasks',
      definition: 'Leave request',
      version: '2',
      variables: [{ name: 'days', type: 'number', value: '3' }],
    } as const;
    expect(of(change)).toContain('A new run of version 2 starts with days = 3.');
  });

  it('warns where the system will likely refuse', () => {
    expect(of({ kind: 'restart', instance }, false)).toContain(
      'Command usually refuses this while a workflow is',
    );
    expect(of({ kind: 'restart', instance })).not.toContain('usually refuses');
  });
});

describe('a change', () => {
  it('says what was confirmed and when, and that it was not sent when it was not', () => {
    const text = ended({ kind: 'not-sent' }, { confirmedAtMs: noonMs });
    expect(text).toContain('K7F3 · confirmed by you 2026-01-15 at 12:00 UTC');
    expect(text).toContain('This was not sent. Nothing was changed.');
    expect(ended({ kind: 'not-sent' })).not.toContain('confirmed');
  });

  it.each([
    ['confirmed', /Working on it/],
    ['sending', /Working on it/],
    ['following', /Command accepted it.*a message here/],
  ] as const)('that is %s says how far it is', (phase, text) => {
    expect(said({ kind: 'change', record: aChange({ phase }) })).toMatch(text);
  });

  it.each([
    [{ kind: 'unreachable' }, /Command did not answer\. Nothing was changed/],
    [{ kind: 'unknown' }, /not known. It is not sent again.*\/wf status K7F3/s],
    [{ kind: 'not-found' }, /no longer shows this workflow. Nothing was changed/],
    [{ kind: 'not-sent' }, /Canceled. Nothing was changed/],
    [{ kind: 'person-not-checked' }, /could not check your account with Slack.*Nothing was changed/],
    [{ kind: 'not-allowed', why: { kind: 'no-rule' } }, /You may not.*Nothing was changed/],
    [
      { kind: 'moved-meanwhile', now: now('paused') },
      /changed since you were shown it.*Paused.*Nothing was changed/,
    ],
    [
      { kind: 'approval-open', approval: { code: 'K7F3', channel: 'C0PKI', isActivityKnown: true } },
      /K7F3.*is open for this activity.*its card in <#C0PKI>.*Nothing was changed/,
    ],
    [{ kind: 'refused', reason: 'no-permission' }, /lacks the permission.*Nothing was changed/],
    [{ kind: 'refused', reason: 'toString', said: 'nope' }, /toString.*It said: nope/],
  ] as const)('that ended in %j says so, and what to do', (outcome, text) => {
    expect(ended(outcome)).toMatch(text);
  });

  it('that is done says where the workflow stands', () => {
    expect(ended({ kind: 'done', now: now('rejected') })).toMatch(/Stopped. In Command it is now Rejected/);
  });

  it('that a system took, and that cannot be seen to have worked, does not say done', () => {
    const text = ended({ kind: 'done', now: now('suspended') });
    expect(text).toContain('Command accepted it, but shows the workflow as Waiting');
    expect(text).not.toContain('Stopped');
    expect(ended({ kind: 'done' })).toContain('could not be read');
  });

  it('names the way back where there is one', () => {
    const change = { kind: 'pause', instance } as const;
    expect(ended({ kind: 'done', now: now('paused') }, { change })).toContain('To undo: /wf resume K7F3');
  });

  it('that restarted a workflow follows it to its new run', () => {
    const change = { kind: 'restart', instance } as const;
    const started = { system: 'command', id: 'run-2' };
    const text = ended({ kind: 'done', now: now('failed'), started }, { change });
    expect(text).toMatch(/Restarted; it continues as run run-2\. In Command it is now Failed/);
    expect(text).toContain('/wf status run-2');
    expect(ended({ kind: 'done', candidates: 2 }, { change })).toContain(
      'cannot tell which of 2 runs is the new one',
    );
  });

  it('writes the id of what was started so that it can be typed as it stands', () => {
    const change = { kind: 'execute', system: 's', definition: 'Backup WF', variables: [] } as const;
    const started = { system: 's', id: 'Backup WF#1006' };
    expect(ended({ kind: 'done', started }, { change })).toContain('/wf status "Backup WF#1006"');
  });

  it('that may have started a workflow says how to look, and that it may be another’s', () => {
    const change = { kind: 'execute', system: 's', definition: 'Leave request', variables: [] } as const;
    const text = ended({ kind: 'unknown' }, { change, definition: 'Leave request' });
    expect(text).toContain('/wf last "Leave request"');
    expect(text).toContain('someone else');
  });
});
