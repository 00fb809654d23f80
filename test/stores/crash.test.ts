import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStore } from '../../src/stores/index.js';
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

  it('loses nothing it has acknowledged, and keeps no half transaction', async () => {
    const file = folder.newFile();
    const safe: string[] = [];
    for (const round of ['one', 'two', 'three']) {
      const child = spawnChild(writeClicks, [file, round]);
      safe.push(...(await readUntilKilled(child, 150)));
      expect(await child.ended).toBe('SIGKILL');
      const store = await openStore(file);
      const kept = new Set((await store.listUnfinishedClicks()).map(({ id }) => id));
      expect(safe.filter((id) => !kept.has(id))).toEqual([]);
      const last = await store.getNote('last');
      expect([...kept].filter((id) => id.startsWith(round)).at(-1)).toBe(last);
      await store.close();
    }
  });

  it('lets two processes that start at once on a new file take turns in writing', async () => {
    const file = folder.newFile();
    const children = ['one', 'two'].map((round) => spawnChild(writeClicks, [file, round]));
    const said = await Promise.all(children.map((child) => readUntilKilled(child, 100)));
    const store = await openStore(file);
    const kept = new Set((await store.listUnfinishedClicks()).map(({ id }) => id));
    await store.close();
    expect(said.flat().filter((id) => !kept.has(id))).toEqual([]);
  });
});

/** Kills a child once it has said so many lines, and gives everything it still said until it was dead. */
async function readUntilKilled(child: Child, lines: number): Promise<readonly string[]> {
  const said: string[] = [];
  for await (const line of child.lines) {
    said.push(line);
    if (said.length === lines) child.kill();
  }
  return said;
}
