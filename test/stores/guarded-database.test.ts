import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SqliteDatabase } from 'kysely';
import { guardDatabase, openBestEngine } from '../../src/stores/sqlite.js';

describe('a guarded database', () => {
  let prepared: string[];
  let database: SqliteDatabase;

  beforeEach(async () => {
    prepared = [];
    const engine = await openBestEngine(':memory:');
    database = guardDatabase({
      close: () => engine.close(),
      prepare: (text) => {
        prepared.push(text);
        return engine.prepare(text);
      },
    });
  });
  afterEach(() => database.close());

  it.each([
    ['a boolean', true],
    ['a date', new Date(0)],
    ['an object', {}],
    ['bytes', new Uint8Array(2)],
    ['nothing', undefined],
    ['a number that is none', Number.NaN],
    ['a number too large to be exact', 2 ** 53],
  ])('refuses %s without harm', (_name, value) => {
    const statement = database.prepare('select ? as given');
    expect(() => statement.all([value])).toThrow(TypeError);
    expect(statement.all(['still alive'])).toMatchObject([{ given: 'still alive' }]);
  });

  it.each([[null], ['text'], [0], [-1.5], [2 ** 53 - 1]])('keeps %p exactly', (value) => {
    expect(database.prepare('select ? as given').all([value])).toMatchObject([{ given: value }]);
  });

  it('prepares a statement once', () => {
    for (const value of [1, 2, 3]) database.prepare('select ? as given').all([value]);
    expect(prepared).toHaveLength(1);
  });

  it('keeps no more than two hundred statements, and those used last', () => {
    const text = (number: number) => `select ${number} as given`;
    for (let number = 0; number < 200; number++) database.prepare(text(number));
    database.prepare(text(0));
    database.prepare(text(200));
    prepared.length = 0;
    database.prepare(text(0));
    database.prepare(text(200));
    database.prepare(text(1));
    expect(prepared).toEqual([text(1)]);
  });
});
