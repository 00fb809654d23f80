import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Change } from '../../../src/domain/change.js';
import type { Bench } from './start-bench.js';
import { ann, numberOf, privateNote, startBench } from './start-bench.js';

let bench: Bench;

afterEach(() => bench.stop());

/** Every change by the last part of its path. */
const changes: readonly (readonly [string, (id: string) => Change])[] = [
  ['execute', () => ({ kind: 'execute', system: 'plant-hr', definition: 'Leave WF', variables: [] })],
  [
    'executewithvariables',
    () => ({
      kind: 'execute',
      system: 'plant-hr',
      definition: 'Leave WF',
      variables: [{ name: 'Note', type: 'string', value: privateNote }],
    }),
  ],
  ['pause', (id) => ({ kind: 'pause', instance: { system: 'plant-hr', id } })],
  ['resume', (id) => ({ kind: 'resume', instance: { system: 'plant-hr', id }, afterError: false })],
  [
    'resumeworkflowwitherrors',
    (id) => ({ kind: 'resume', instance: { system: 'plant-hr', id }, afterError: true }),
  ],
  ['abort', (id) => ({ kind: 'abort', instance: { system: 'plant-hr', id } })],
  [
    'AlertEngine',
    (id) => ({
      kind: 'alert',
      instance: { system: 'plant-hr', id },
      activityId: '50001',
      output: 'Approved',
    }),
  ],
];

const faults = [
  ['hang-before-effect', 'timeout', 'unknown'],
  ['hang-after-effect', 'timeout', 'unknown'],
  ['drop-before-effect', 'unreachable', 'unknown'],
  ['drop-after-effect', 'unreachable', 'unknown'],
  ['http-500', 'server-error', 'unknown'],
  ['http-500-after-effect', 'server-error', 'unknown'],
  ['http-503', 'server-error', 'unknown'],
  ['html-404', 'not-found', 'no'],
] as const;

describe('a change that is not answered', () => {
  it.each(changes.flatMap(([path, change]) => faults.map((fault) => [path, ...fault, change] as const)))(
    '%s with %s is told as %s, applied: %s, and never repeated',
    async (path, fault, code, applied, change) => {
      const isHanging = fault.startsWith('hang');
      bench = await startBench({ settings: isHanging ? { timeout: '300ms' } : {} });
      const ref = bench.begin();
      await bench.found(ref);
      bench.workTasks.fail({ fault, path: new RegExp(`/${path}$`), times: 9 });
      expect(await bench.failure(bench.change(change(ref.id)))).toMatchObject({ code, applied });
      expect(bench.requests(path)).toHaveLength(1);
    },
  );

  it('because nothing listens cannot have arrived', async () => {
    bench = await startBench();
    const ref = bench.begin();
    await bench.found(ref);
    await bench.workTasks.goDown();
    const error = await bench.failure(bench.change({ kind: 'abort', instance: ref }));
    expect(error).toMatchObject({ code: 'unreachable', applied: 'no', retryable: true });
  });
});

describe('a read that is not answered', () => {
  it.each(['http-503', 'drop-before-effect'] as const)('is repeated after %s', async (fault) => {
    bench = await startBench();
    const ref = bench.begin();
    bench.workTasks.fail({ fault, path: 'status', times: 2 });
    expect((await bench.found(ref)).status.kind).toBe('suspended');
    expect(bench.requests('status')).toHaveLength(3);
  });

  it('is not repeated after 500, which is how the API refuses', async () => {
    bench = await startBench();
    const ref = bench.begin();
    bench.workTasks.fail({ fault: 'http-500', path: 'status' });
    expect(await bench.failure(bench.backend.getInstance(ref))).toMatchObject({ code: 'server-error' });
    expect(bench.requests('status')).toHaveLength(1);
  });

  it('is not sent any more to a server that is away, until it had time to come back', async () => {
    bench = await startBench({ retryOptions: { retries: 0, breakAfter: 2, breakForMs: 50 } });
    const ref = bench.begin();
    bench.workTasks.fail({ fault: 'http-503', path: 'status', times: 2 });
    for (const code of ['server-error', 'server-error', 'circuit-open']) {
      expect(await bench.failure(bench.backend.getInstance(ref))).toMatchObject({ code, applied: 'no' });
    }
    expect(bench.requests('status')).toHaveLength(2);
  });
});

describe('an operator is told what to look at', () => {
  it('when the application was never converted in IIS', async () => {
    bench = await startBench({ behaviour: { isConverted: false } });
    const ref = { system: 'plant-hr', id: 'Leave WF#1001' };
    const calls = [
      () => bench.backend.getInstance(ref),
      () => bench.change({ kind: 'abort', instance: ref }),
    ];
    for (const call of calls) {
      const error = await bench.failure(call());
      expect(error).toMatchObject({ code: 'not-found', applied: 'no', retryable: false });
      expect(error.message).toContain('convert Workflow.WebAPI to an application in IIS');
    }
  });

  it('when the API is too old', async () => {
    bench = await startBench({ behaviour: { isLegacy: true } });
    const error = await bench.failure(bench.change({ kind: 'abort', instance: bench.begin() }));
    expect(error).toMatchObject({ code: 'rejected', applied: 'no' });
    expect(error.message).toContain('old version');
  });

  it('when a path is wrong', async () => {
    bench = await startBench({ settings: { paths: { abort: 'api/workflow/stop' } } });
    const error = await bench.failure(bench.change({ kind: 'abort', instance: bench.begin() }));
    expect(error).toMatchObject({ code: 'not-found', applied: 'no' });
    expect(error.message).toContain('check paths');
  });
});

describe('values of variables', () => {
  const withNote: Change = {
    kind: 'execute',
    system: 'plant-hr',
    definition: 'Leave WF',
    variables: [{ name: 'Note', type: 'string', value: privateNote }],
  };

  it.each([
    [400, 'refused', 0],
    [500, 'failed', 0],
    [200, 'refused', 0],
    [400, 'refused', 70],
    [500, 'failed', 70],
  ] as const)(
    'are not repeated when a server answers %d with all it was sent (%s, %d)',
    async (status, expected, padding) => {
      bench = await startBench();
      const gossip = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk: unknown) => {
          body += String(chunk);
        });
        request.on('end', () => {
          response.statusCode = status;
          const said = `Cannot start with ${body.slice(-120)}, and ${'x'.repeat(padding)} ${privateNote}`;
          response.end(JSON.stringify({ ExceptionMessage: said }));
        });
      });
      await new Promise<void>((resolve) => gossip.listen(0, '127.0.0.1', resolve));
      try {
        const [backend] = bench.another({
          settings: { baseUrl: `http://127.0.0.1:${portOf(gossip.address())}` },
        });
        const work = backend?.operations.change?.(withNote, ann) ?? Promise.reject(new Error('no backend'));
        if (expected === 'failed') {
          const { message } = await bench.failure(work);
          expect(message).toContain('Cannot start with');
          expect(message).not.toContain('sesame');
        } else {
          const response = await work;
          expect(response).toMatchObject({
            kind: 'refused',
            said: expect.stringContaining('Cannot start with'),
          });
          expect(JSON.stringify(response)).not.toContain('sesame');
        }
      } finally {
        await new Promise((resolve) => gossip.close(resolve));
      }
    },
  );

  it('are never in the log, nor is anything else that was sent or read', async () => {
    bench = await startBench();
    await bench.change(withNote);
    const [execution] = bench.workTasks.executions('HR');
    const ref = { system: 'plant-hr', id: `Leave WF#${execution?.id}` };
    expect(numberOf(ref)).toBe(1001);
    expect(await bench.operations.variable(ref, 'Note')).toEqual({ kind: 'value', text: privateNote });
    expect(bench.lines.map(({ fields }) => Object.keys(fields))).toEqual(
      bench.lines.map(() => ['system', 'method', 'path', 'status']),
    );
  });
});

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  return address.port;
}
