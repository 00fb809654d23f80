import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { useCasesOn } from '../../src/slack/use-cases.js';
import { type OpenEngine, openBestEngine, openSqliteStore } from '../../src/stores/sqlite.js';
import { describePostgres } from '../support/postgres/describe-postgres.js';
import { cardSaying, click, modalOf, privateWord, submit, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openReplicas } from '../support/stage/open-replicas.js';
import { openStage, transports } from '../support/stage/open-stage.js';
import { personas, serviceAccount } from '../support/stage/personas.js';
import { createWorlds } from '../use-cases/world/worlds.js';

const worlds = createWorlds();

/** Lets a file grow no further than it has grown, until it is told to. */
function limitedEngine() {
  let run = (_text: string): readonly unknown[] => [];
  const open: OpenEngine = async (file) => {
    const database = await openBestEngine(file);
    // The lock beside the store is a database as well.
    if (!file.endsWith('.lock')) run = (text) => database.prepare(text).all([]);
    // Small pages, so that whatever is written needs one more.
    run('pragma page_size = 512');
    return database;
  };
  return {
    open,
    setPages: (most: number) => void run(`pragma max_page_count = ${most}`),
    /** Gives back the pages that are free, and lets so many more be written. */
    squeeze(more: number) {
      run('vacuum');
      const [row] = run('pragma page_count');
      const { page_count: count } = row as { readonly page_count: number };
      run(`pragma max_page_count = ${count + more}`);
    },
  };
}

describe('a disk that is full', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-full-'));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('takes no click, remembers none of it, and takes them again once there is room', async () => {
    const engine = limitedEngine();
    const store = await openSqliteStore({ file: join(folder, 'full.db'), openEngine: engine.open });
    const world = await worlds.openWithCard({ store });
    const service = useCasesOn(world.context).approvals;
    const comment = 'x'.repeat(20_000);
    const click = world.clickOf('ada', 'approve', { comment });
    engine.setPages(1);
    await expect(service.writeDown(click)).rejects.toThrow(/full/);
    expect(await store.findClick(click.id)).toBeUndefined();
    const whole = store.inTransaction((transaction) => transaction.addClick(click));
    await expect(whole).rejects.toThrow(/full/);
    engine.setPages(1_000_000);
    await world.click('ada', 'approve');
    expect(world.command.arrivals).toHaveLength(1);
  });

  it.each(transports)(
    'is told to whoever presses, and nothing pressed before or afterwards is lost, over %s',
    async (transport) => {
      const engine = limitedEngine();
      const stage = await openStage(transport, {
        approveWith: 'one-click',
        approvers: ['ana', 'li', 'bo'],
        openStore: (file) => openSqliteStore({ file, openEngine: engine.open }),
      });
      await askForCertificate(stage);
      await stage.observe();
      const card = theCard(stage);
      await click(stage, 'li', card, 'deny');
      await modalOf(stage, 'li');
      // Ana's press still fits, with what stood on the card, and no more than that.
      engine.squeeze(7);
      stage.log.expectError(/could not be stored|failed|completed/);
      expect(await click(stage, 'ana', card, 'approve')).toMatchObject({ acked: true });
      await privateWord(stage, 'ana', /Your click is saved but could not be processed yet/);
      engine.squeeze(0);
      expect(await click(stage, 'bo', card, 'approve')).toMatchObject({ acked: true });
      await privateWord(stage, 'bo', /Nothing was decided: Countersign could not store the decision/);
      const submitted = await submit(stage, 'li', 'Not this host');
      expect(submitted).toMatchObject({ acked: true, result: 'errors' });
      expect(JSON.stringify(submitted)).toContain('Nothing was decided');
      expect(stage.slack.views(personas.li.id)).toHaveLength(1);
      await stage.observeAfter(20_000);
      await stage.bot().takeUp();
      expect(stage.command.effectiveSignals).toEqual([]);
      engine.setPages(1_000_000);
      await stage.observeAfter(20_000);
      await stage.bot().takeUp();
      await cardSaying(stage, /Approved by Ana Ruiz/);
      await askForCertificate(stage, { host: 'next.keyexample.com' });
      await stage.observeAfter(15_000);
      await click(stage, 'li', await cardSaying(stage, /Approval needed/), 'approve');
      await cardSaying(stage, /Approved by Li Wei/);
      const signal = `approve by ${serviceAccount.name}`;
      await finish(stage, {
        posts: { pki: 2, '@sam': 2 },
        answers: { ana: 1, bo: 1 },
        signals: [signal, signal],
      });
    },
  );
});

describePostgres('a database that is gone', (server) => {
  it('is told to whoever presses meanwhile, and nothing of it is decided later', async () => {
    const replicas = await openReplicas(server(), { approveWith: 'one-click' });
    await askForCertificate(replicas);
    await replicas.observe();
    const card = theCard(replicas);
    replicas.log.expectError(/could not be|broke/);
    const name = new URL(replicas.storeFile).pathname.slice(1);
    const elsewhere = new URL('/postgres', replicas.storeFile).href;
    await server().run(elsewhere, `alter database ${name} with allow_connections false`);
    await server().run(
      elsewhere,
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
    );
    await click(replicas, 'ana', card, 'approve');
    await privateWord(replicas, 'ana', /Nothing was decided/);
    await server().run(elsewhere, `alter database ${name} with allow_connections true`);
    await replicas.observeAfter(30_000);
    await replicas.one.takeUp();
    expect(replicas.command.effectiveSignals).toEqual([]);
    await click(replicas, 'ana', card, 'approve');
    await cardSaying(replicas, /Approved by Ana Ruiz/);
    expect(replicas.command.effectiveSignals).toHaveLength(1);
  });
});

describe('a system that hangs', () => {
  it('does not hold up the answer to a click', async () => {
    const stage = await openStage('socket', { approveWith: 'one-click' });
    await askForCertificate(stage);
    await stage.observe();
    stage.command.fail({ path: '/Workflow', fault: 'hang-before-effect', times: 50 });
    const polling = stage.observe();
    let isOver = false;
    void polling.then(() => {
      isOver = true;
    });
    const { acked } = await click(stage, 'ana', theCard(stage), 'approve');
    expect({ acked, isOver }).toEqual({ acked: true, isOver: false });
    await polling;
    stage.command.clearFaults();
    await stage.observeAfter(15_000);
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await stage.close();
  });
});
