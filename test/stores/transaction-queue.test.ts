import { expect, it } from '@jest/globals';
import { createNestingGuard, createTransactionQueue } from '../../src/stores/sql/database.js';

/** Takes as many turns of the queue of promises as asked for. */
async function ticks(count: number): Promise<void> {
  for (let tick = 0; tick < count; tick += 1) await Promise.resolve();
}

it('does one piece of work after the other, in the order in which they were asked for', async () => {
  const takeSlot = createTransactionQueue(createNestingGuard());
  const said: string[] = [];
  const piece = (name: string, length: number) => async () => {
    said.push(`${name} begins`);
    await ticks(length);
    said.push(`${name} ends`);
    return name;
  };
  const done = [takeSlot(piece('long', 50)), takeSlot(piece('short', 1)), takeSlot(piece('last', 5))];
  expect(await Promise.all(done)).toEqual(['long', 'short', 'last']);
  expect(said).toEqual([
    'long begins',
    'long ends',
    'short begins',
    'short ends',
    'last begins',
    'last ends',
  ]);
});

it('lets whatever has come in meanwhile go first', async () => {
  const takeSlot = createTransactionQueue(createNestingGuard());
  const said: string[] = [];
  const done = ['one', 'two', 'three'].map((name) =>
    takeSlot(async () => {
      said.push(name);
      setImmediate(() => said.push(`came in during ${name}`));
    }),
  );
  await Promise.all(done);
  expect(said).toEqual(['one', 'came in during one', 'two', 'came in during two', 'three']);
});

it('goes on after one that failed, and tells only its own asker', async () => {
  const takeSlot = createTransactionQueue(createNestingGuard());
  const broken = takeSlot(() => Promise.reject(new Error('broken')));
  const next = takeSlot(() => Promise.resolve('next'));
  await expect(broken).rejects.toThrow('broken');
  expect(await next).toBe('next');
});

it('refuses at once what would wait for its own end', async () => {
  const nesting = createNestingGuard();
  const takeSlot = createTransactionQueue(nesting);
  const inner = takeSlot(() => nesting.during(() => takeSlot(() => Promise.resolve())));
  await expect(inner).rejects.toThrow('Inside a transaction');
});
