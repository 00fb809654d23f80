import { describe, expect, it } from '@jest/globals';
import { errorFromResponse } from '../../../src/backends/work-tasks/client.js';
import { createReadLast, createReadStatus } from '../../../src/backends/work-tasks/executions.js';
import { ContractError } from '../../../src/ports/errors.js';

/** Readers in front of a server that always answers alike. */
const responding = (body: string, status = 200) => {
  const client = {
    get: async () => ({ status, body, headers: {} }),
    post: async () => ({ status, body, headers: {} }),
    unexpected: (response: Parameters<typeof errorFromResponse>[0], path: string) =>
      errorFromResponse(response, { system: 'plant', method: 'GET', path }),
  };
  const deps = { system: 'plant', repository: 'HR', client };
  const readStatus = createReadStatus(deps);
  return { readStatus, readLast: createReadLast({ ...deps, readStatus }) };
};

describe('an answer to a read', () => {
  it.each(['true', '{}', '{"Foo":"sesame"}', '[1,2,3]', '{"Message":"All is well"}'])(
    'in an unknown form is not taken for nothing: %s',
    async (body) => {
      const { readStatus, readLast } = responding(body);
      for (const work of [readStatus('1'), readLast('Leave WF')]) {
        const error: unknown = await work.catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(ContractError);
        expect(JSON.stringify(error)).not.toContain('sesame');
      }
    },
  );

  it.each(['', 'null', '-1', '"-1"', 'false', '{"Message":"There is no such execution."}'])(
    'may say in many ways that there is nothing: %s',
    async (body) => {
      const { readStatus, readLast } = responding(body);
      expect(await readStatus('1')).toBeUndefined();
      expect(await readLast('Leave WF')).toBeUndefined();
    },
  );

  it.each([
    [200, '<html><title>Sign in</title></html>', 'rejected', 'that is a web page: check baseUrl'],
    [302, '', 'rejected', 'it wants to send us elsewhere: check baseUrl'],
    [403, '{"Message":"No."}', 'forbidden', 'No.'],
    [404, '<html></html>', 'not-found', 'convert Workflow.WebAPI'],
    [404, '{"Message":"No HTTP resource was found."}', 'not-found', 'check paths'],
    [500, '{"Message":"The workflow engine is not running."}', 'server-error', 'engine is not running'],
    [500, '{"Message":"The repository does not exist."}', 'server-error', 'repository'],
  ])('%d %s is a failure that tells what to look at', async (status, body, code, hint) => {
    const { readStatus } = responding(body, status);
    const error: unknown = await readStatus('1').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, applied: 'no', message: expect.stringContaining(hint) });
  });
});
