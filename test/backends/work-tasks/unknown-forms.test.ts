import { describe, expect, it } from '@jest/globals';
import { HttpClient } from '../../../src/backends/http/client.js';
import { HttpConnection } from '../../../src/backends/http/connection.js';
import {
  Executions,
  WorkTasksClient,
  workTasksDialect,
} from '../../../src/backends/work-tasks/executions.js';
import { workTasksServer } from '../../../src/backends/work-tasks/settings.js';
import { ContractError } from '../../../src/ports/errors.js';

const server = workTasksServer.parse({
  name: 'plant',
  baseUrl: 'https://worktasks.example.com/Workflow.WebAPI',
  repositories: [{ repository: 'HR' }],
  auth: { kind: 'none' },
});

/** Readers in front of a server that always answers alike. */
const responding = (body: string, status = 200) => {
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const real = new HttpClient({
    dialect: workTasksDialect,
    connection: new HttpConnection({ profile: workTasksDialect, timeoutMs: 1_000 }),
    baseUrl: server.baseUrl,
    credentials: undefined,
    log,
  });
  const http: ConstructorParameters<typeof WorkTasksClient>[2] = {
    send: async () => ({ status, body, headers: {} }),
    unexpected: (response, request, said) => real.unexpected(response, request, said),
  };
  const client = new WorkTasksClient(server, { system: 'plant', repository: 'HR' }, http);
  const executions = new Executions(client, { workflows: [], log });
  return {
    readStatus: (executionId: string) => executions.readStatus(executionId),
    readLast: (workflow: string) => executions.readLast(workflow),
  };
};

describe('an answer to a read', () => {
  it.each(['true', '{}', '{"Foo":"sesame"}', '[1,2,3]', '{"Message":"All is well"}'])(
    'in an unknown form is not taken for nothing: %s',
    async (body) => {
      const { readStatus, readLast } = responding(body);
      for (const read of [() => readStatus('1'), () => readLast('Leave WF')]) {
        const error: unknown = await read().catch((reason: unknown) => reason);
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
