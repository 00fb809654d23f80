import { describe, expect, it } from '@jest/globals';
import type { OperatorRule } from '../../../../src/domain/change.js';
import type { Reply } from '../../../../src/use-cases/commands/run-command.js';
import { runCommand } from '../../../../src/use-cases/commands/run-command.js';
import { aPolicy } from '../../../domain/a-policy.js';
import { people } from '../../world/people.js';
import { createWorlds } from '../../world/worlds.js';
import { aListedSystem, aRun, type ListedSystem } from '../a-listed-system.js';

const worlds = createWorlds();
const minutes = (from: number, count: number, step = 1) =>
  Array.from({ length: count }, (_none, index) => from + index * step);

async function pagesOf(
  systems: readonly ListedSystem[],
  rule: Partial<OperatorRule> = {},
): Promise<readonly Extract<Reply, { kind: 'list' }>[]> {
  const world = await worlds.open();
  const operators = [{ name: 'All', people: [people.ada.id], verbs: ['list'] as const, ...rule }];
  world.restart({
    policy: aPolicy({ operators }),
    backends: new Map(systems.map(({ backend }) => [backend.system, backend])),
  });
  const pages: Extract<Reply, { kind: 'list' }>[] = [];
  for (let page = 1; page < 20; page += 1) {
    const reply = await runCommand(
      world.context,
      { verb: 'list', state: 'any', page },
      { person: people.ada.id },
    );
    if (reply.kind !== 'list') throw new Error(`The list was answered with ${reply.kind}`);
    pages.push(reply);
    if (!reply.hasMore) break;
  }
  return pages;
}

const titlesOf = (pages: readonly Extract<Reply, { kind: 'list' }>[]) =>
  pages.map(({ rows }) => rows.map(({ instance }) => instance.title));

describe('a list over several systems', () => {
  it('shows ten a page over all of them, newest first, and every run once', async () => {
    const one = minutes(0, 23, 2).map((ago) => aRun('one', ago));
    const two = minutes(1, 4, 20).map((ago) => aRun('two', ago));
    const pages = await pagesOf([aListedSystem('one', one), aListedSystem('two', two)]);
    const expected = [...one, ...two]
      .sort((a, b) => (b.startedAtMs ?? 0) - (a.startedAtMs ?? 0))
      .map(({ title }) => title);
    expect(titlesOf(pages).map(({ length }) => length)).toEqual([10, 10, 7]);
    expect(titlesOf(pages).flat()).toEqual(expected);
  });

  it('fills its pages although most runs are hidden from whoever asks', async () => {
    const runs = minutes(0, 60).map((ago) => aRun('one', ago, ago % 4 === 0 ? 'Web servers' : 'Secret'));
    const pages = await pagesOf([aListedSystem('one', runs)], { definitions: ['Web*'] });
    expect(titlesOf(pages).map(({ length }) => length)).toEqual([10, 5]);
    expect(
      titlesOf(pages)
        .flat()
        .some((title) => title === 'one 1'),
    ).toBe(false);
  });

  it('names a system of which only the newest runs were looked through', async () => {
    const runs = minutes(0, 400).map((ago) => aRun('one', ago, 'Secret'));
    const [page] = await pagesOf([aListedSystem('one', runs)], { definitions: ['Web*'] });
    expect(page).toMatchObject({ rows: [], hasMore: false, cut: ['The one'] });
  });
});
