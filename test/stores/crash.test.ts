import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStore } from '../../src/stores/index.js';
import { describePostgres } from '../support/postgres/describe-postgres.js';
import { type Child, spawnChild } from './spawn-child.js';
import { createTemporaryFolder, type TemporaryFolder } from './temporary-folder.js';

const openAndDie = new URL('./children/open-and-die.mjs', import.meta.url);
const writeClicks = new URL('./children/write-clicks.mjs', import.meta.url);

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await createTemporaryFolder();
});
afterAll(() => folder.remove());

describe('a bot that is killed', () => {
  it('starts again wherever its first start was cut short', async () => {
    // Steps of five visit every part of a first start: options, bookkeeping, tables, indexes, commit.
    for (let statement = 1; ; statement += 5) {
      const file = folder.newFile();
      const end = await spawnChild(openAndDie, [file, String(statement)]).ended;
      const store = await openStore(file);
      await store.putNote('a', 'b');
      await store.close();
      if (end === 0) return expect(statement).toBeGreaterThan(20);
      expect(end).toBe('SIGKILL');
    }
  });

  it('loses nothing it has acknowledged, and keeps no half transaction', () => loseNothing(folder.newFile()));

  it('lets two processes that start at once on a new file take turns in writing', () =>
    alternate(folder.newFile()));
});

describePostgres('a bot on PostgreSQL that is killed', (server) => {
  it('loses nothing it has acknowledged, and keeps no half transaction', async () => {
    await loseNothing(await server().newDatabase(), server().password);
  });

  it('lets two processes that start at once on a new database take turns in writing', async () => {
    await alternate(await server().newDatabase(), server().password);
  });
});

async function loseNothing(place: string, password = ''): Promise<void> {
  const safe: string[] = [];
  for (const round of ['one', 'two', 'three']) {
    const child = spawnChild(writeClicks, [place, round], password);
    safe.push(...(await readUntilKilled(child, 150)));
    expect(await child.ended).toBe('SIGKILL');
    const store = await openStore(place, { password });
    const kept = await store.listUnfinishedClicks();
    const ids = new Set(kept.map(({ id }) => id));
    expect(safe.filter((id) => !ids.has(id))).toEqual([]);
    const last = await store.getNote('last');
    const ofRound = kept.filter(({ id }) => id.startsWith(round));
    expect(ofRound.sort((a, b) => a.atMs - b.atMs).at(-1)?.id).toBe(last);
    await store.close();
  }
}

async function alternate(place: string, password = ''): Promise<void> {
  const children = ['one', 'two'].map((round) => spawnChild(writeClicks, [place, round], password));
  const said = await Promise.all(children.map((child) => readUntilKilled(child, 100)));
  const store = await openStore(place, { password });
  const kept = new Set((await store.listUnfinishedClicks()).map(({ id }) => id));
  await store.close();
  expect(said.flat().filter((id) => !kept.has(id))).toEqual([]);
}

/** Kills a child once it has said so many lines, and gives everything it still said until it was dead. */
async function readUntilKilled(child: Child, lines: number): Promise<readonly string[]> {
  const said: string[] = [];
  for await (const line of child.lines) {
    said.push(line);
    if (said.length === lines) child.kill();
  }
  return said;
}
