import { describe, expect, it } from '@jest/globals';
import type { Alert, FollowUpContent, Resolution } from '../../../src/domain/incident.js';
import { alertMessage, followUpMessage, recoveryMessage } from '../../../src/slack/blocks/alert.js';
import { plainFormatter } from '../../../src/slack/format.js';
import { alertReplyText, timeSpan } from '../../../src/slack/text/alert.js';
import { aChange } from '../../contracts/store/a-change.js';
import { anInstance, aPersonId, noonMs } from '../../support/an-approval.js';
import { anAlert, anIncident, aSample } from '../../support/an-incident.js';

const labelOf = (system: string) => (system === 'plant' ? 'Work Tasks' : 'Command');
const minuteMs = 60_000;
const ana = { kind: 'person', person: aPersonId('U0ANA') } as const;
const ops = { kind: 'group', groupId: 'S0OPS' } as const;

const shown = (alert: Alert): string => JSON.stringify(alertMessage(alert, labelOf).blocks);
const read = (alert: Alert): string => alertMessage(alert, labelOf).text;
const said = (followUp: FollowUpContent): string => followUpMessage(followUp, labelOf).text;
const routed = (route: Partial<Alert['route']>) =>
  anAlert({ route: { channels: ['C0OPS'], mentions: [], severity: 'warning', ...route } });
const resolved = (how: Resolution, unresolved = 0) =>
  anIncident({
    count: 12,
    unresolved,
    lastAtMs: noonMs + 5 * minuteMs,
    state: { kind: 'resolved', atMs: noonMs + 130 * minuteMs, how },
  });

describe('the alert of one run that failed', () => {
  it('says what failed, where, why, who started it and since when', () => {
    expect(read(anAlert())).toBe(
      [
        '⚠️ Web servers failed · KA17',
        'Failed at step Issue, after step Approval by the PKI team, in Command.',
        '> The RPC server is unavailable.',
        'Enroll app.example.com · K9A1 · started by KEYEXAMPLE\\rkim 2026-01-15 at 11:59 UTC',
        'Failed 2026-01-15 at 12:00 UTC.',
      ].join('\n'),
    );
  });

  it('is headed by how grave it is', () => {
    expect(read(routed({ severity: 'critical' }))).toMatch(/^🚨 Web servers failed/);
    expect(read(routed({ severity: 'info' }))).toMatch(/^ℹ️ Web servers failed/);
  });

  it('says so when there is no reason, and makes none up', () => {
    const incident = anIncident({ messages: [{ text: '', count: 1 }] });
    expect(read(anAlert({ incident }))).toContain('> Command gives no reason.');
  });

  it('never says that a person aborted a run, since nobody tells', () => {
    const incident = anIncident({ kind: 'aborted', system: 'plant' });
    const text = read(anAlert({ incident }));
    expect(text).toContain('⚠️ Web servers was aborted');
    expect(text).toMatch(/Aborted at step Issue.*; Work Tasks does not say by whom\./);
  });

  it('calls the people and groups of its rule', () => {
    expect(shown(routed({ mentions: [ana, ops] }))).toContain('<@U0ANA> <!subteam^S0OPS>');
  });

  it('mentions nobody during quiet hours, and says until when', () => {
    const text = shown(routed({ mentions: [ana], quietUntilMs: noonMs }));
    expect(text).not.toContain('U0ANA');
    expect(text).toMatch(/Quiet hours: nobody is mentioned before/);
  });

  it('names who is on it, and who keeps it quiet until when', () => {
    const owner = { person: aPersonId(), name: 'Ada Okafor', atMs: noonMs };
    const mute = { key: 'k', untilMs: noonMs, person: aPersonId('U0BO'), name: 'Bo Tran' };
    const text = read(anAlert({ incident: anIncident({ owner }), mute }));
    expect(text).toContain('👀 Ada Okafor has been on it since 2026-01-15 at 12:00 UTC.');
    expect(text).toContain('🔕 Muted by Bo Tran until 2026-01-15 at 12:00 UTC');
  });

  it('offers what can be done, and a press on it carries the incident', () => {
    const text = shown(anAlert({ actions: ['restart', 'resume', 'abort', 'details', 'mute', 'take'] }));
    for (const label of [
      'Restart…',
      'Resume…',
      'Abort…',
      'Details',
      'Mute for 1 day',
      'I’m on it',
      'Open in Command',
    ])
      expect(text).toContain(`"${label}"`);
    expect(text).toContain('"value":"incident-1"');
    expect(text).toContain('"value":"day.incident-1"');
  });
});

describe('the alert of many runs', () => {
  const incident = anIncident({
    count: 12,
    unresolved: 9,
    lastAtMs: noonMs + 4 * minuteMs,
    messages: [
      { text: 'The RPC server is unavailable.', count: 10 },
      { text: 'Denied by policy.', count: 2 },
    ],
  });

  it('counts them, and tells how many are not over', () => {
    const text = read(anAlert({ incident }));
    expect(text).toMatch(/^⚠️ Web servers failed · 12 runs · KA17/);
    expect(text).toContain('> 10× The RPC server is unavailable. — and 1 other message');
    expect(text).toContain(
      '12 runs failed between 2026-01-15 at 12:00 UTC and 2026-01-15 at 12:04 UTC; 9 still need attention.',
    );
  });

  it('that failed in the same minute names that minute once', () => {
    const storm = { ...incident, lastAtMs: noonMs + 59_000 };
    expect(read(anAlert({ incident: storm }))).toContain(
      '12 runs failed 2026-01-15 at 12:00 UTC; 9 still need attention.',
    );
  });

  it('puts on its buttons how many runs they would change, without those that are tried again', () => {
    expect(shown(anAlert({ incident: { ...incident, failed: 7 } }))).toContain('"Restart 7…"');
  });

  it('tells in its thread why, and which came first', () => {
    const text = said({ kind: 'more', incident });
    expect(text).toContain('• 10× The RPC server is unavailable.');
    expect(text).toContain('• 2× Denied by policy.');
    expect(text).toMatch(/The first 1:\n• Enroll app\.example\.com · K9A1/);
  });

  it('claims nothing in its thread that will not stay so', () => {
    expect(said({ kind: 'more', incident })).not.toContain('over yet');
  });

  it('does not hide reasons that are not listed', () => {
    const some = { ...incident, messages: [{ text: 'One of many', count: 4 }] };
    expect(said({ kind: 'more', incident: some })).toContain('• 8× for other reasons');
  });
});

describe('an alert that is over', () => {
  const by = ['Ada Okafor', 'Bo Tran'];
  it.each([
    [{ kind: 'recovered', by } as const, '✅ Recovered', 'Recovered by Ada Okafor and Bo Tran:'],
    [{ kind: 'recovered', by: [] } as const, '✅ Recovered', 'Recovered in Command itself:'],
    [{ kind: 'dealt-with', by } as const, '☑️ Handled', 'Handled by Ada Okafor and Bo Tran:'],
    [{ kind: 'dealt-with', by: [] } as const, '☑️ Handled', 'Handled in Command itself:'],
    [{ kind: 'quiet' } as const, '☑️ Quiet again', 'No new failures like this since 2026-01-15 at 12:05 UTC.'],
  ])('says who or what ended it (%j), how many runs it was, and how long it took', (how, head, line) => {
    const incident = resolved(how);
    for (const text of [
      read(anAlert({ incident, actions: ['details'] })),
      said({ kind: 'resolved', incident }),
    ]) {
      expect(text).toContain(head);
      expect(text).toContain(line);
      expect(text).toContain(
        '12 runs failed, the first 2026-01-15 at 12:00 UTC. Alert closed 2026-01-15 at 14:10 UTC, 2 h 10 min later.',
      );
    }
  });

  it('is not called solved when runs still stand failed', () => {
    const text = read(anAlert({ incident: resolved({ kind: 'quiet' }, 3) }));
    expect(text).toContain('3 still need attention.');
    expect(text).not.toMatch(/Recovered|✅/);
  });

  it('mentions nobody any more', () => {
    const { route } = routed({ mentions: [ana, ops] });
    const text = shown(anAlert({ incident: resolved({ kind: 'quiet' }), route }));
    expect(text).not.toMatch(/U0ANA|S0OPS/);
  });
});

describe('what became of many changes', () => {
  const complete = { status: { kind: 'complete', raw: 'Complete' } } as const;
  const change = { kind: 'restart', instance: anInstance().ref } as const;
  const records = [
    aChange({ id: '1', code: 'K1', change, phase: 'over', outcome: { kind: 'done', now: complete } }),
    aChange({
      id: '2',
      code: 'K2',
      change,
      phase: 'over',
      outcome: { kind: 'refused', reason: 'wrong-state' },
    }),
    aChange({ id: '3', code: 'K3', change }),
  ];

  it('is told one line each, under a count', () => {
    const lines = said({ kind: 'changes', incident: anIncident(), records }).split('\n');
    expect(lines[0]).toBe('Restart: 3 runs: by <@U0ADA> — 1 accepted, 1 refused, 1 under way.');
    expect(lines[1]).toMatch(/^K1 Enroll app\.example\.com — .*Complete/);
    expect(lines[2]).toMatch(/^K2 Enroll app\.example\.com — ❌ Command refused/);
    expect(lines[3]).toBe('K3 Enroll app.example.com — ⏳ waiting its turn');
  });

  it('leaves none of fifty out, however long their titles and reasons are', () => {
    const many = Array.from({ length: 50 }, (_none, n) =>
      aChange({
        id: `c${n}`,
        code: `KX${n + 100}`,
        change,
        title: 'A very long title '.repeat(20),
        phase: 'over',
        outcome: { kind: 'refused', reason: 'bad-request', said: 'Because of this and that. '.repeat(30) },
      }),
    );
    const { blocks } = followUpMessage({ kind: 'changes', incident: anIncident(), records: many }, labelOf);
    for (const { code } of many) expect(JSON.stringify(blocks)).toContain(`\`${code}\``);
  });
});

describe('the question before a way out', () => {
  const records = Array.from({ length: 7 }, (_none, n) => aChange({ id: `c${n}`, code: `K${n}` }));
  const proposal = { kind: 'proposal', incident: anIncident(), batchId: 'b-1', records, more: 0 } as const;

  it('names the effect, how many runs, and the first of them', () => {
    const { text, blocks } = recoveryMessage({ ...proposal, way: 'restart' }, labelOf);
    expect(text).toContain('Restart 7 runs of Web servers?');
    expect(text).toContain('Each starts over from step 1');
    expect(text).toContain('This cannot be undone.');
    expect(text).toContain('• Enroll app.example.com · K4\n• and 2 more');
    expect(JSON.stringify(blocks)).toContain('"Restart 7"');
  });

  it('says how many one confirmation does not cover', () => {
    const { text } = recoveryMessage({ ...proposal, way: 'resume', more: 250 }, labelOf);
    expect(text).toContain('One confirmation covers the latest 7 of 257 failed runs.');
    expect(text).not.toContain('cannot be undone');
  });

  it('warns by its colour before runs are aborted', () => {
    const { blocks } = recoveryMessage({ ...proposal, way: 'abort', records: records.slice(0, 1) }, labelOf);
    expect(JSON.stringify(blocks)).toContain('"style":"danger"');
    expect(JSON.stringify(blocks)).toContain('"Abort"');
  });
});

describe('a private answer to a press on an alert', () => {
  const renderContext = { formatter: plainFormatter, labelOf };
  const owner = { person: aPersonId('U0BO'), name: 'Bo Tran', atMs: noonMs };
  const incident = anIncident({ owner, samples: [aSample()] });

  it('tells who is on it already, and whoever it is themselves', () => {
    const reply = { kind: 'taken-before', incident } as const;
    expect(alertReplyText(reply, { person: aPersonId(), renderContext })).toMatch(
      /^Bo Tran has been on it since 2026/,
    );
    expect(alertReplyText(reply, { person: aPersonId('U0BO'), renderContext })).toBe(
      'You are on it already.',
    );
  });

  it('says who may not, and that nothing was changed', () => {
    const reply = { kind: 'not-allowed', verb: 'restart', why: { kind: 'no-rule' } } as const;
    expect(alertReplyText(reply, { person: aPersonId(), renderContext })).toMatch(
      /You may not use “restart” on this workflow: no rule under “operators” allows it\. Nothing was changed\./,
    );
  });
});

describe('a time that passed', () => {
  it.each([
    [0, 'less than a minute'],
    [59_999, 'less than a minute'],
    [minuteMs, '1 min'],
    [60 * minuteMs, '1 h'],
    [130 * minuteMs, '2 h 10 min'],
    [25 * 60 * minuteMs, '1 d 1 h'],
    [48 * 60 * minuteMs, '2 d'],
    [Number.NaN, 'less than a minute'],
  ])('of %p ms is told as %s', (durationMs, text) => {
    expect(timeSpan(durationMs)).toBe(text);
  });
});
