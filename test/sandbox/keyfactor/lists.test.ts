import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Bench, Seen } from './start-bench.js';
import { column, startBench } from './start-bench.js';

let bench: Bench;

beforeEach(async () => {
  bench = await startBench();
});

afterEach(() => bench.command.stop());

/** Starts runs with these titles, one minute apart. */
function startRuns(...titles: string[]): void {
  const definition = bench.command.addDefinition({
    displayName: 'Web server',
    workflowType: 'Enrollment',
    steps: [{ extensionName: 'RequireApproval', uniqueName: 'Security', roles: ['Security'] }],
  });
  for (const title of titles) {
    bench.command.startInstance({ definition, title, initiator: `CORP\\${title}` });
    bench.advanceClock(60_000);
  }
}

function list(query: Readonly<Record<string, string | number>>, path = '/Workflow/Instances'): Promise<Seen> {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return bench.get(`${path}?${pairs.join('&')}`);
}

const titles = (seen: Seen) => column(seen, 'Title');

describe('filters', () => {
  beforeEach(() => startRuns('alpha', 'beta', 'gamma'));

  it.each([
    ['Title -eq "beta"', ['beta']],
    ['title -EQ "BETA"', ['beta']],
    ['Title -ne "beta"', ['alpha', 'gamma']],
    ['Title -contains "mm"', ['gamma']],
    ['Title -notcontains "mm"', ['alpha', 'beta']],
    ['Title -startswith "a"', ['alpha']],
    ['Title -endswith "a"', ['alpha', 'beta', 'gamma']],
    ['Title -eq NULL', []],
    ['Title -ne NULL', ['alpha', 'beta', 'gamma']],
    ['Status -eq "Suspended"', ['alpha', 'beta', 'gamma']],
    ['Status -eq "Failed"', []],
    ['WorkflowType -eq "Enrollment" AND Title -eq "beta"', ['beta']],
    ['Title -eq "alpha" OR Title -eq "beta" AND Status -eq "Failed"', ['alpha']],
    ['(Title -eq "alpha" OR Title -eq "beta") AND Status -eq "Suspended"', ['alpha', 'beta']],
    ['((Title -eq "alpha"))', ['alpha']],
    ['ReferenceId -gt 1', ['beta', 'gamma']],
    ['ReferenceId -le 2', ['alpha', 'beta']],
    ['StartDate -ge "2025-03-04T05:07:07.080Z"', ['beta', 'gamma']],
    ['StartDate -lt "2025-03-04T05:07:07.080Z"', ['alpha']],
    ['StartDate -gt "2025-03-04T05:07:07.080"', ['gamma']],
    ['LastModified -ge "2025-03-04T06:08:07.080+01:00"', ['gamma']],
    ['StartDate -ge "%TODAY%"', ['alpha', 'beta', 'gamma']],
    ['StartDate -lt "2025-03-04"', []],
    ['InitiatingUserName -eq "CORP\\gamma"', ['gamma']],
    ['InitiatingUserName -eq "%ME%"', []],
  ])('%s finds %j', async (query, expected) => {
    const seen = await list({ QueryString: query, SortField: 'StartDate' });
    expect(seen.status).toBe(200);
    expect(titles(seen)).toEqual(expected);
  });

  it.each([
    'Title',
    'Title -eq',
    'Title -eq beta',
    'Title -like "x"',
    'Title -lt "x"',
    'Nonsense -eq "x"',
    'CurrentStepDisplayName -eq "x"',
    'Title -eq "open',
    'Title -eq "a"b"',
    'Title -contains NULL',
    'Id -eq "4711"',
    'DefinitionId -eq "Web server"',
    'Id -contains "3f0c7a52"',
    'Status -eq "Waiting"',
    'Status -contains "Fail"',
    'ReferenceId -eq "many"',
    'ReferenceId -contains 1',
    'StartDate -ge "yesterday"',
    '(Title -eq "a"',
    'Title -eq "a")',
    'Title -eq "a" AND',
    'Title -eq "a" Title -eq "b"',
    'NOT Title -eq "a"',
  ])('refuses %s', async (query) => {
    expect(await list({ QueryString: query })).toMatchObject({
      status: 400,
      body: { ErrorCode: expect.any(String) },
    });
  });

  it('are refused by IIS where the query string is longer than it lets through', async () => {
    const long = (length: number) => `/Workflow/Instances?QueryString=${'x'.repeat(length - 12)}`;
    expect((await bench.get(long(2048))).status).toBe(400);
    const seen = await bench.get(long(2049));
    expect([seen.status, seen.text.includes('<html>')]).toEqual([404, true]);
    bench.command.change({ queryLimit: 4096 });
    expect((await bench.get(long(2049))).status).toBe(400);
  });

  it('are refused where a parameter is given twice, in whatever form', async () => {
    for (const other of ['ReturnLimit=1', 'returnLimit=1', 'pq.returnLimit=1'])
      expect((await bench.get(`/Workflow/Instances?ReturnLimit=1&${other}`)).status).toBe(400);
  });

  it('takes a plus sign for a plus sign, unless told otherwise', async () => {
    const path = '/Workflow/Instances?QueryString=Title+-eq+%22beta%22';
    expect((await bench.get(path)).status).toBe(400);
    bench.command.change({ plusIsSpace: true });
    expect(titles(await bench.get(path))).toEqual(['beta']);
  });

  it.each(['QueryString', 'querystring', 'pq.queryString', 'instanceQuery.queryString', 'query.QueryString'])(
    'are taken from the parameter %s',
    async (name) => {
      expect(titles(await list({ [name]: 'Title -eq "beta"' }))).toEqual(['beta']);
    },
  );
});

describe('pages', () => {
  it('hold fifty rows unless told, and count all that matched', async () => {
    startRuns(...Array.from({ length: 51 }, (_, index) => `run ${index}`));
    const seen = await list({});
    expect(titles(seen)).toHaveLength(50);
    expect(seen.headers.get('x-total-count')).toBe('51');
    bench.command.change({ totalCountHeader: false });
    expect((await list({})).headers.has('x-total-count')).toBe(false);
  });

  it('are counted from one and come in the order asked for', async () => {
    startRuns('a', 'b', 'c', 'd', 'e');
    const page = (PageReturned: number, SortAscending: number) =>
      list({ PageReturned, ReturnLimit: 2, SortField: 'StartDate', SortAscending });
    expect(titles(await page(1, 0))).toEqual(['a', 'b']);
    expect(titles(await page(3, 0))).toEqual(['e']);
    expect(titles(await page(4, 0))).toEqual([]);
    expect(titles(await page(1, 1))).toEqual(['e', 'd']);
  });

  it('shift under a client that sorts by something many rows share', async () => {
    startRuns('a', 'b', 'c', 'd', 'e', 'f');
    const orders = new Set<string>();
    for (let round = 0; round < 5; round += 1) orders.add(titles(await list({})).join());
    expect(orders.size).toBeGreaterThan(1);
  });

  it.each([
    [{ SortField: 'Nonsense' }, '0xA011004A'],
    [{ SortAscending: 'true' }, '0xA0110008'],
    [{ PageReturned: 0 }, '0xA0110008'],
    [{ ReturnLimit: 'all' }, '0xA0110008'],
  ])('refuse %j', async (query, ErrorCode) => {
    expect(await list(query)).toMatchObject({ status: 400, body: { ErrorCode } });
  });
});

describe('the other lists', () => {
  it('filter definitions by whether they are published', async () => {
    const steps = [{ extensionName: 'Email', uniqueName: 'Tell' }];
    bench.command.addDefinition({ displayName: 'Draft', workflowType: 'Enrollment', steps, publish: false });
    bench.command.addDefinition({ displayName: 'Live', workflowType: 'Revocation', steps });
    const seen = await list({ QueryString: 'IsPublished -eq true' }, '/Workflow/Definitions');
    expect(column(seen, 'DisplayName')).toEqual(['Live']);
  });

  it('filter steps by the workflow types they support', async () => {
    const QueryString = 'SupportedWorkflowTypes -contains "Revocation" AND ExtensionName -startswith "E"';
    expect(column(await list({ QueryString }, '/Workflow/Definitions/Steps'), 'ExtensionName')).toEqual([
      'Email',
    ]);
  });

  it('filter workflow types by name', async () => {
    const seen = await list({ QueryString: 'Name -eq "Revocation"' }, '/Workflow/Definitions/Types');
    expect(column(seen, 'WorkflowType')).toEqual(['Revocation']);
  });
});
