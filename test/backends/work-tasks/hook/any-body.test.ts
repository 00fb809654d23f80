import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseExecutionRef } from '../../../../src/backends/work-tasks/wire.js';
import { aHook, leastBody } from './a-hook.js';

const anything = fc.oneof(
  fc.jsonValue(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(undefined, '', 'HR', 1001, '007', ['a'], { name: 'Yes', verdict: 'DENY' }),
  fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue())),
  fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()),
);

/** Bodies that are wrong in few places, so that all of the reading is reached. */
const nearly = fc
  .record(
    {
      repository: anything,
      workflow: anything,
      executionid: anything,
      executiondetailsid: anything,
      key: anything,
      activity: anything,
      subject: anything,
      requester: anything,
      approver: anything,
      outputs: anything,
      data: anything,
      __proto__: anything,
    },
    { requiredKeys: [] },
  )
  .chain((changes) => fc.subarray(Object.entries(changes), { maxLength: 3 }))
  .map((changes) => JSON.stringify({ ...leastBody, ...Object.fromEntries(changes) }));

const bodies = fc.oneof(
  { weight: 4, arbitrary: nearly },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.json() },
);

describe('any body at all', () => {
  it('is answered, with the same answer when it is sent again, and never breaks', async () => {
    const taken = { count: 0 };
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const hook = aHook();
        const first = await hook.post(body);
        expect([201, 400, 403]).toContain(first.status);
        expect(await hook.post(body)).toEqual(first);
        expect(hook.asked).toHaveLength(first.status === 201 ? 2 : 0);
        expect(hook.asked[0]).toEqual(hook.asked[1]);
        for (const { instance } of hook.asked) {
          taken.count += 1;
          expect(instance.step?.uniqueName).toMatch(/^(key|activity):./s);
          expect(parseExecutionRef(instance.ref.id)).toBeDefined();
          expect(JSON.stringify(instance)).not.toMatch(/\\u(0000|d[89a-f])/);
        }
      }),
      { numRuns: 500 },
    );
    expect(taken.count).toBeGreaterThan(20);
  });

  it('may be nested as deeply as fits', async () => {
    const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
    expect((await aHook().post(deep)).status).toBe(400);
    expect((await aHook().post(`{"repository":"HR","data":${deep}}`)).status).toBe(400);
  });
});
