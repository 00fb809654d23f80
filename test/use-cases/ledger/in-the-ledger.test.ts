import { describe, expect, it } from '@jest/globals';
import type { LedgerEntry } from '../../../src/domain/ledger.js';
import { useCasesOn } from '../../../src/slack/use-cases.js';
import { people } from '../world/people.js';
import { createWorlds } from '../world/worlds.js';
import { recordsOf } from '../world/wrong-records.js';

const worlds = createWorlds();

const operators = [
  {
    name: 'Operators',
    people: [people.ada.id],
    verbs: ['status', 'stop', 'execute', 'history'] as const,
  },
];

/** What of the records tells the story. */
function reported(entries: readonly LedgerEntry[]): readonly string[] {
  return entries.map(({ kind, answered, person }) =>
    [kind, answered?.kind, person?.name].filter((one) => one !== undefined).join(' '),
  );
}

describe('an approval by two people', () => {
  it('is on record vote by vote, with what was shown, sent and answered, and how it ended', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve', { comment: 'checked' });
    await world.click('zoe', 'approve');
    await world.click('bo', 'approve');
    const entries = await recordsOf(world);
    expect(reported(entries)).toEqual([
      'vote vote-counted Ada Okafor',
      'refusal refused Zoe Other',
      'decision decided Bo Tran',
      'signal',
      'signal-answer accepted',
      'ending approved',
    ]);
    const [vote, refusal, decision, signal] = entries;
    const { message, card } = world.card();
    expect(vote).toMatchObject({
      system: 'command',
      instance: 'run-1',
      code: card.approval.code,
      identities: ['KEYEXAMPLE\\aokafor'],
      messages: [message],
      note: { verb: 'approve', comment: 'checked' },
      shown: { revision: 1, facts: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(refusal?.answered).toEqual({ kind: 'refused', reason: 'not-an-approver' });
    expect({ ...decision?.shown, evidence: '' }).toEqual({ ...vote?.shown, evidence: '' });
    expect(decision?.shown?.evidence).not.toBe(vote?.shown?.evidence);
    expect(decision?.note).toMatchObject({ voters: ['Ada Okafor (U0ADA)', 'Bo Tran (U0BO)'] });
    expect(signal?.sent).toMatchObject({
      verdict: 'approve',
      comment: world.command.arrivals[0]?.comment,
    });
  });

  it('shows other facts under another hash, and none where the facts that were shown are not known any more', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve');
    world.command.changeFacts('run-1', { names: ['other.example.com'] });
    await world.observe();
    await world.click('ada', 'approve', { revision: 1 });
    await world.click('ada', 'approve', { revision: 2 });
    const [first, stale, second] = await recordsOf(world);
    expect(stale).toMatchObject({
      kind: 'refusal',
      answered: { kind: 'facts-changed' },
      shown: { revision: 1 },
    });
    expect(stale?.shown).not.toHaveProperty('facts');
    expect(second?.shown?.facts).not.toBe(first?.shown?.facts);
  });
});

describe('a decision whose way is not smooth', () => {
  it('is on record with every turn, when nobody answers', async () => {
    const world = await worlds.openWithCard();
    world.command.faults.nextSignal = { kind: 'timeout-before' };
    await world.click('ada', 'approve');
    for (let poll = 0; poll < 3; poll += 1) await world.passTime(120_000);
    expect(reported(await recordsOf(world))).toEqual([
      'decision decided Ada Okafor',
      'signal',
      'signal-answer unknown',
      'signal-answer not-arrived',
      'signal',
      'signal-answer accepted',
      'ending approved',
    ]);
  });

  it('is on record as taken back', async () => {
    const world = await worlds.openWithCard();
    world.command.faults.isUnreachable = true;
    await world.click('ada', 'approve');
    await world.click('ada', 'take-back');
    expect(reported(await recordsOf(world))).toEqual([
      'decision decided Ada Okafor',
      'signal-answer given-up',
      'taken-back taken-back Ada Okafor',
    ]);
  });

  it('is on record as nobody of ours, when it was decided elsewhere', async () => {
    const world = await worlds.openWithCard();
    world.command.decideElsewhere('run-1', true);
    await world.passTime(15_000);
    expect(reported(await recordsOf(world))).toEqual(['ending decided-elsewhere']);
  });
});

describe('a command', () => {
  const asker = { person: people.ada.id, responseUrl: 'https://hooks.slack.example/commands/secret' };

  it('is on record with what it was about, and with its refusal', async () => {
    const world = await worlds.openWithCard({ policy: { operators } });
    const service = useCasesOn(world.context).commands;
    await service.run({ verb: 'status', ref: world.card().card.approval.code }, asker);
    const { code } = world.card().card.approval;
    await service.run({ verb: 'stop', ref: code }, { person: people.zoe.id });
    await service.run({ verb: 'whoami' }, asker);
    expect(await recordsOf(world)).toMatchObject([
      { kind: 'command', instance: 'run-1', person: { name: 'Ada Okafor' }, sent: { verb: 'status' } },
    ]);
    expect(await recordsOf(world, '')).toMatchObject([
      { kind: 'command', answered: { kind: 'not-allowed', reason: 'no-rule' }, sent: { ref: code } },
      { kind: 'command', answered: { kind: 'whoami' } },
    ]);
  });

  it('that starts something is on record with the names of its values, and not with the values', async () => {
    const world = await worlds.openWithCard({ policy: { operators } });
    const line = {
      verb: 'execute',
      workflow: 'Leave',
      values: [{ name: 'reason', text: 'very private' }],
    } as const;
    await useCasesOn(world.context).commands.run(line, asker);
    const [entry] = await recordsOf(world, '');
    expect(entry?.sent).toMatchObject({
      values: [{ name: 'reason', sealed: world.context.signer.sign('value\nreason\nvery private') }],
    });
    expect(JSON.stringify(entry)).not.toContain('very private');
  });

  it('that changes something is on record from its confirmation to its outcome', async () => {
    const world = await worlds.openWithCard({ policy: { operators } });
    const { backend } = world.command;
    const operations = {
      ...backend.operations,
      changes: ['stop'] as const,
      change: () => Promise.resolve({ kind: 'accepted' } as const),
    };
    world.restart({ backends: new Map([['command', { ...backend, operations }]]) });
    const service = useCasesOn(world.context).commands;
    const reply = await service.run({ verb: 'stop', ref: world.card().card.approval.code }, asker);
    const id = reply.kind === 'proposal' ? reply.record.id : '';
    expect(await service.confirm(id, asker)).toBe('confirmed');
    expect(await service.confirm(id, asker)).toBe('repeated');
    await service.carryOut(id);
    const changes = (await recordsOf(world)).filter(({ note }) => note?.change === id);
    expect(changes.map(({ kind, note }) => [kind, note?.phase])).toEqual([
      ['change', 'confirmed'],
      ['change', 'sending'],
      ['change-outcome', 'following'],
      ['change-outcome', 'over'],
    ]);
    expect(changes[0]).toMatchObject({
      instance: 'run-1',
      sent: { verb: 'stop' },
      person: { name: 'Ada Okafor' },
    });
    expect(JSON.stringify(await recordsOf(world))).not.toContain('hooks.slack.example');
  });

  it('shows what is on record about a run, the latest first, a page at a time', async () => {
    const world = await worlds.openWithCard({ policy: { operators } });
    const { backend } = world.command;
    const operations = { ...backend.operations, changes: ['stop'] as const };
    world.restart({ backends: new Map([['command', { ...backend, operations }]]) });
    const { code } = world.card().card.approval;
    const service = useCasesOn(world.context).commands;
    for (let time = 0; time < 3; time += 1) await service.run({ verb: 'status', ref: code }, asker);
    for (let time = 0; time < 10; time += 1) await service.run({ verb: 'stop', ref: code }, asker);
    await world.click('ada', 'approve');
    const first = await service.run({ verb: 'history', ref: code, page: 1 }, asker);
    const second = await service.run({ verb: 'history', ref: code, page: 2 }, asker);
    // Who only looked is counted, and takes no room among decisions and changes.
    expect(first).toMatchObject({ kind: 'history', code, page: 1, hasMore: true, reads: 3 });
    expect(first.kind === 'history' && reported(first.entries)).not.toContain('command status');
    expect(first.kind === 'history' && reported(first.entries)[0]).toBe('ending approved');
    expect(first.kind === 'history' && first.entries).toHaveLength(10);
    expect(second).toMatchObject({ kind: 'history', page: 2, hasMore: false });
    const none = await service.run({ verb: 'history', ref: code, page: 1 }, { person: people.zoe.id });
    expect(none).toMatchObject({ kind: 'not-allowed' });
  });
});
