import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { courses } from './model/actions.js';
import { play } from './model/play.js';

it('never signals what people do not want, nor twice, and every card tells the truth, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(courses, async (course) => {
      expect(await play(course)).toEqual([]);
    }),
    { numRuns: 100, seed: 20_260_115 },
  );
});
