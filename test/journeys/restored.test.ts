import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { store as runStore } from '../../src/cli/store.js';
import { anchorText } from '../../src/domain/ledger.js';
import { checkUpStore, openStore } from '../../src/stores/index.js';
import { backupSqlite } from '../../src/stores/sqlite.js';
import { ask } from '../support/stage/ask.js';
import { cardSaying, click, privateWord, textOf, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { openStage, transports } from '../support/stage/open-stage.js';
import { places } from '../support/stage/personas.js';

const restoreChecks = async (storeFile: string) =>
  (await checkUpStore(storeFile, {})).filter(({ name }) => name === 'store: restored backup');

it.each(transports)(
  'a decision taken back after the backup is not sent by a bot on that backup before an operator confirms, over %s',
  async (transport) => {
    const rules = { approveWith: 'one-click', hold: '30s', operators: ['ana'] } as const;
    const stage = await openStage(transport, rules);
    const { storeFile, command } = stage;
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    const delayed = await cardSaying(stage, /and can be undone until then/);
    const backup = `${storeFile}.backup`;
    expect(await backupSqlite(storeFile, backup)).toBe('written');
    await click(stage, 'ana', delayed, 'take-back');
    await privateWord(stage, 'ana', /Undone\. Nothing was changed/);
    const now = await openStore(storeFile);
    const heads = await now.listLedgerHeads();
    await now.close();
    await stage.restart(rules, () => {
      for (const end of ['', '-wal', '-shm']) rmSync(`${storeFile}${end}`, { force: true });
      copyFileSync(backup, storeFile);
      writeFileSync(`${storeFile}.anchors`, heads.map((head) => `${anchorText(head)}\n`).join(''));
    });
    await stage.observeAfter(40_000);
    await stage.bot().deliver();
    const told = stage.slack.messages(places.ops).map(textOf).join();
    expect(told).toMatch(/older than its last anchor.*confirm-restore/s);
    expect(command.effectiveSignals).toEqual([]);
    const shows = /Decisions made before .* are on hold.*backup.*countersign store confirm-restore/s;
    await ask(stage, { line: 'doctor', shows });
    expect(await restoreChecks(storeFile)).toMatchObject([
      { verdict: 'bad', fix: expect.stringContaining('countersign store confirm-restore') },
    ]);
    const confirming = {
      action: 'confirm-restore',
      from: storeFile,
      to: undefined,
      file: 'none.yml',
      env: {},
    };
    expect(await runStore(confirming)).toBe(0);
    expect(await restoreChecks(storeFile)).toEqual([]);
    expect(textOf(await ask(stage, { line: 'doctor', shows: /last successful poll/ }))).not.toMatch(shows);
    await stage.bot().deliver();
    await command.waitFor(() => command.effectiveSignals.length === 1);
    await stage.close();
  },
);
