import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openPostgresStore } from '../../src/stores/postgres.js';
import { describePostgres } from '../support/postgres/describe-postgres.js';
import { courses, coursesWithRetention } from './model/actions.js';
import { play } from './model/play.js';

const seed = 20_260_115;

it('never signals what people do not want, nor twice, and every card tells the truth, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(courses, async (course) => {
      expect(await play(course)).toEqual([]);
    }),
    { numRuns: 100, seed },
  );
}, 120_000);

it('nor when what is over is removed again and again, and no open approval is changed by that', async () => {
  await fc.assert(
    fc.asyncProperty(coursesWithRetention, async (course) => {
      expect(await play(course)).toEqual([]);
    }),
    { numRuns: 60, seed },
  );
}, 120_000);

describePostgres('on a database others work on as well', (server) => {
  it('nor there', async () => {
    const url = await server().newDatabase();
    await fc.assert(
      fc.asyncProperty(courses, async (course) => {
        await server().empty(url);
        const store = await openPostgresStore({ url, password: server().password });
        expect(await play(course, store)).toEqual([]);
      }),
      { numRuns: 25, seed },
    );
  }, 120_000);
});
