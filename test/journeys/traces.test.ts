import { describe, expect, it } from '@jest/globals';
import { entryOf } from '../../src/domain/ledger.js';
import { openStore } from '../../src/stores/index.js';
import { readLedger } from '../../src/use-cases/ledger/verify.js';
import { ask } from '../support/stage/ask.js';
import { cardSaying, click, textOf, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';

interface Line {
  readonly msg: string;
  readonly trace?: string;
  readonly [name: string]: unknown;
}

function linesOf({ log }: Stage): readonly Line[] {
  return log.lines.map((line): Line => JSON.parse(line));
}

/** Gives what the log says under one id, as `grep` would find it. */
function grep(stage: Stage, id: string): readonly string[] {
  return linesOf(stage)
    .filter(({ trace }) => trace === id)
    .map(({ msg }) => msg);
}

/** Lists kind and trace of what is on record about systems. */
async function recordsOf({ storeFile }: Stage) {
  const store = await openStore(storeFile, { readOnly: true });
  const found: { readonly kind: string; readonly trace: string | undefined }[] = [];
  for (const system of await store.listLedgerSystems()) {
    if (system === '') continue;
    for await (const record of readLedger(store, { system })) {
      const { kind, trace } = entryOf(record);
      found.push({ kind, trace });
    }
  }
  await store.close();
  return found;
}

/** Gives the id under which clicks were worked on, in their order. */
function clicksIn(stage: Stage): readonly string[] {
  return linesOf(stage)
    .filter(({ msg }) => msg === 'A click was worked on')
    .map(({ trace = 'none' }) => trace);
}

describe.each(transports)('one id over %s', (transport) => {
  it('leads from a click over its vote, its signal and the effect to the edits of the card', async () => {
    const stage = await openStage(transport, { quorum: 2, approveWith: 'one-click' });
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /1 of 2/);
    await click(stage, 'li', theCard(stage), 'approve');
    await cardSaying(stage, /Approved by Ana Ruiz and Li Wei/);
    const [first = '', second = ''] = clicksIn(stage);
    expect(first).toMatch(/^[A-HJ-NP-Z2-9]{10}$/);
    expect(first).not.toBe(second);
    expect(grep(stage, first)).toEqual(
      expect.arrayContaining(['A click was worked on', 'A message was edited']),
    );
    expect(grep(stage, second)).toEqual(
      expect.arrayContaining([
        'A click was worked on',
        'Keyfactor answered',
        'Signal accepted',
        'The effect of a signal was read',
        'A message was edited',
      ]),
    );
    expect(await recordsOf(stage)).toEqual([
      { kind: 'vote', trace: first },
      { kind: 'decision', trace: second },
      { kind: 'signal', trace: second },
      { kind: 'signal-answer', trace: second },
      { kind: 'ending', trace: second },
    ]);
  });

  it('stays with a decision that is sent later, also by a bot that was started anew', async () => {
    const rules = { approveWith: 'one-click', hold: '10s' } as const;
    const stage = await openStage(transport, rules);
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /and can be undone until then/);
    const [id = ''] = clicksIn(stage);
    await stage.restart();
    stage.clock.advance(11_000);
    await stage.bot().deliver();
    await cardSaying(stage, /Approved by Ana Ruiz/);
    expect(grep(stage, id)).toEqual(
      expect.arrayContaining(['Signal accepted', 'The effect of a signal was read']),
    );
    expect((await recordsOf(stage)).map(({ trace }) => trace)).toEqual([id, id, id, id]);
  });

  it('is another for each poll, and for a command', async () => {
    const stage = await openStage(transport);
    const idsOf = (sentence: string) =>
      new Set(linesOf(stage).flatMap(({ msg, trace }) => (msg === sentence ? [trace ?? 'none'] : [])));
    await stage.observe();
    const before = idsOf('Keyfactor answered');
    await stage.observeAfter(10_000);
    const after = idsOf('Keyfactor answered');
    expect(after.size).toBe(before.size + 1);
    await ask(stage, { line: 'approvals', shows: /./ });
    const [command = ''] = idsOf('A command was answered');
    expect(command).toMatch(/^[A-Z2-9]{10}$/);
    expect(after.has(command)).toBe(false);
  });

  it('is the reference that somebody is given when something breaks', async () => {
    const stage = await openStage(transport, {
      openStore: async (...where) => {
        const store = await openStore(...where);
        return { ...store, findByCode: () => Promise.reject(new Error('a bug')) };
      },
    });
    stage.log.expectError(/A command failed/);
    const said = textOf(await ask(stage, { line: 'status K7F3', shows: /ref [A-Z2-9]{10}\b/ }));
    const [, ref = 'none'] = /ref ([A-Z2-9]{10})\b/.exec(said) ?? [];
    expect(grep(stage, ref)).toContain('A command failed');
  });
});
