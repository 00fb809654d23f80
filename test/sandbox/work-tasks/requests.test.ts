import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Bench } from './start-bench.js';
import { alertBody, ann, controlBody, place, startBench, startBody } from './start-bench.js';

let bench: Bench;

beforeEach(async () => {
  bench = await startBench({}, { variables: [{ id: 'V1', name: 'Days', type: 'number' }] });
});

afterEach(() => bench.tasks.stop());

describe('the documented keys', () => {
  const bodies: readonly (readonly [string, Readonly<Record<string, unknown>>, readonly string[]])[] = [
    ['execute', startBody, ['version']],
    ['executewithvariables', { ...place, user: ann, data: '<d/>', variables: [] }, ['data', 'variables']],
    ['abort', controlBody(1001), []],
    ['pause', controlBody(1001), []],
    ['resume', controlBody(1001), []],
    ['resumeworkflowwitherrors', controlBody(1001), []],
    ['AlertEngine', alertBody(50_001), ['data']],
  ];
  const required = bodies.flatMap(([operation, body, optional]) =>
    Object.keys(body)
      .filter((key) => !optional.includes(key))
      .map((key) => [operation, key, body] as const),
  );

  it.each(required)('%s cannot do without %s', async (operation, key, body) => {
    const { [key]: _, ...rest } = body;
    const response = await bench.post(operation, rest);
    expect([response.status, response.body]).toEqual([400, { Message: `The value '${key}' is missing.` }]);
  });

  it.each(required)(
    '%s takes another casing of %s only where keys have no casing',
    async (operation, key, body) => {
      const { [key]: value, ...rest } = body;
      const shouted = { ...rest, [key.toUpperCase()]: value };
      expect((await bench.post(operation, shouted)).text).not.toContain('is missing');
      bench.tasks.change({ caseInsensitiveKeys: false });
      const strict = await bench.post(operation, shouted);
      expect([strict.status, strict.body]).toEqual([400, { Message: `The value '${key}' is missing.` }]);
      expect(Object.keys(bench.tasks.requests.at(-1)?.sent ?? {})).toContain(key.toUpperCase());
    },
  );

  it.each([
    ['status', { repository: 'Plant', executionid: '1001' }],
    ['lastinstance', { repository: 'Plant', workflow: 'Leave WF' }],
    ['activityoutput', { repository: 'Plant', executionid: '1001', activityname: 'Manager Approval' }],
  ])('%s asks for repo, not repository', async (operation, query) => {
    const response = await bench.get(operation, query);
    expect([response.status, response.body]).toEqual([400, { Message: "The value 'repo' is missing." }]);
  });
});

describe('a body', () => {
  it.each(['', 'null', '[]', '"text"', '{'])('that is %j is refused', async (body) => {
    expect((await bench.post('execute', body)).status).toBe(400);
  });

  it('that is no JSON by its content type is refused', async () => {
    const response = await bench.post('execute', startBody, { 'content-type': 'text/plain' });
    expect(response.status).toBe(415);
  });

  it.each([
    ['any', 1001, 200],
    ['any', '1001', 200],
    ['number', 1001, 200],
    ['number', '1001', 400],
    ['string', '1001', 200],
    ['string', 1001, 400],
    ['any', 'x', 400],
    ['any', -1, 400],
    ['any', 1.5, 400],
    ['any', 2_147_483_648, 400],
    ['any', '9999999999', 400],
  ] as const)('where ids are %s with the id %j answers %i', async (idsAs, executionid, status) => {
    bench.tasks.startExecution({ ...place, user: ann });
    bench.tasks.change({ idsAs });
    expect((await bench.post('pause', { ...controlBody(0), executionid })).status).toBe(status);
  });
});

describe('a query', () => {
  it('is refused by IIS where it is longer than it lets through', async () => {
    const ask = (length: number) =>
      bench.get('activityoutput', {
        ...{ repo: 'Plant', executionid: '1001' },
        activityname: 'x'.repeat(length),
      });
    const seen = await ask(2048);
    expect([seen.status, seen.text.includes('<html>')]).toEqual([404, true]);
    expect((await ask(100)).text).not.toContain('<html>');
  });
});

describe('the data', () => {
  it.each([
    ['<data/>', 200],
    ['<a b="1"><c>x &amp; y</c></a>', 200],
    ['', 400],
    ['plain', 400],
    ['<a>', 400],
    ['<a></b>', 400],
    ['<a>x & y</a>', 400],
    ['<a/><b/>', 400],
    [7, 400],
  ])('%j answers %i', async (data, status) => {
    const response = await bench.post('executewithvariables', { ...place, user: ann, data });
    expect(response.status).toBe(status);
  });

  it('is not looked at where nobody checks', async () => {
    bench.tasks.change({ checksData: false });
    expect((await bench.post('executewithvariables', { ...place, user: ann, data: 'x' })).status).toBe(200);
  });
});

describe('a variable', () => {
  const start = (variables: unknown) =>
    bench.post('executewithvariables', { ...place, user: ann, data: '<d/>', variables });

  it('that is a date is read as the server has it set', async () => {
    bench.tasks.change({ datesAs: 'iso' });
    const date = (value: string) => start([{ name: 'Days', value, type: 'date' }]);
    expect((await date('2025-12-31')).status).toBe(200);
    expect((await date('12/31/2025')).status).toBe(400);
  });

  it('is set by its name, or by its id', async () => {
    await start([{ id: 'V9', name: 'Days', value: 3, type: 'number' }]);
    await start([{ id: 'V1', name: '', value: 4, type: 'number' }]);
    const values = bench.tasks.executions().map(({ variables }) => variables[0]?.value);
    expect(values).toEqual([3, 4]);
  });

  it.each([
    ['number', 12, 200],
    ['number', '12', 400],
    ['decimal', 'many', 400],
    ['boolean', true, 200],
    ['boolean', 'true', 400],
    ['array', ['a'], 200],
    ['array', {}, 400],
    ['object', { a: 1 }, 200],
    ['date', '12/31/2025', 200],
    ['date', '2025-12-31', 400],
    ['actor', 'activedirectory::li', 200],
    ['actor', 'Li Wei', 400],
    ['toString', 'x', 400],
    ['String', 'x', 400],
    ['string', {}, 400],
  ])('of type %s with the value %j answers %i', async (type, value, status) => {
    expect((await start([{ id: 'V1', name: 'Days', value, type }])).status).toBe(status);
  });

  it('is taken as text where the server wants text', async () => {
    bench.tasks.change({ valuesAs: 'strings' });
    expect((await start([{ name: 'Days', value: '12', type: 'number' }])).status).toBe(200);
    expect((await start([{ name: 'Days', value: 12, type: 'number' }])).status).toBe(400);
  });

  it('without name and id is refused, and so is a list that is none', async () => {
    expect((await start([{ value: '1', type: 'number' }])).status).toBe(400);
    expect((await start({ Days: 1 })).status).toBe(400);
    expect((await start([null])).status).toBe(400);
  });

  it('the workflow does not know is refused, or ignored on request', async () => {
    const unknown = [{ id: 'V2', name: 'Nights', value: 1, type: 'number' }];
    expect((await start(unknown)).status).toBe(500);
    bench.tasks.change({ unknownVariable: 'ignored' });
    expect((await start(unknown)).status).toBe(200);
  });

  it.each([
    ['array', 200, 400],
    ['json-string', 400, 200],
    ['any', 200, 200],
  ] as const)('list is taken as %s: %i as an array, %i as text', async (variablesAs, asArray, asText) => {
    bench.tasks.change({ variablesAs });
    const list = [{ id: 'V1', name: 'Days', value: 1, type: 'number' }];
    expect((await start(list)).status).toBe(asArray);
    expect((await start(JSON.stringify(list))).status).toBe(asText);
    expect((await start('{')).status).toBe(400);
  });
});

describe('a path', () => {
  it('is compared without regard to case, unless a proxy is pedantic', async () => {
    expect((await bench.post('Execute', startBody)).status).toBe(200);
    bench.tasks.change({ caseSensitivePaths: true });
    expect((await bench.post('Execute', startBody)).status).toBe(404);
    expect((await bench.post('alertengine', alertBody(1))).status).toBe(404);
    expect((await bench.post('execute', startBody)).status).toBe(200);
  });

  it('nobody serves is told as JSON inside the application and as a page outside', async () => {
    const inside = await bench.post('inbox', {});
    expect([inside.status, inside.headers.get('content-type')]).toEqual([
      404,
      'application/json; charset=utf-8',
    ]);
    const outside = await fetch(new URL('/Elsewhere', bench.url));
    expect([outside.status, outside.headers.get('content-type')]).toEqual([404, 'text/html']);
  });

  it('is not served by the wrong method', async () => {
    expect((await bench.post('status', {})).status).toBe(405);
    expect((await bench.get('execute', {})).status).toBe(405);
  });

  it('is a page saying 404 until the application is converted', async () => {
    bench.tasks.change({ isConverted: false });
    const response = await bench.post('execute', startBody);
    expect(response.status).toBe(404);
    expect(response.text).toMatch(/^<!DOCTYPE html>/);
  });

  it('is not posted to in an old build', async () => {
    bench.tasks.change({ isLegacy: true });
    expect((await bench.post('execute', startBody)).status).toBe(405);
    expect((await bench.get('lastinstance', { repo: 'Plant', workflow: 'Leave WF' })).status).toBe(500);
  });
});

it('records what was sent, as it was spelt', async () => {
  await bench.post('execute', startBody);
  await bench.get('lastinstance', { repo: 'Plant', workflow: 'Leave WF' });
  expect(bench.tasks.requests).toMatchObject([
    {
      method: 'POST',
      path: '/Workflow.WebAPI/api/workflow/execute',
      sent: startBody,
      caller: ann,
      accessTokenHeader: 'absent',
      contentType: 'application/json; charset=utf-8',
      status: 200,
    },
    { method: 'GET', sent: { repo: 'Plant', workflow: 'Leave WF' }, contentType: null, status: 200 },
  ]);
});
