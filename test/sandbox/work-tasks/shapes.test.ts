import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExecutionStatus } from '../../../src/sandbox/work-tasks/engine.js';
import type { ErrorForm } from '../../../src/sandbox/work-tasks/refusal.js';
import type { ResponseShape, StatusForm } from '../../../src/sandbox/work-tasks/wire.js';
import type { Bench } from './start-bench.js';
import { ann, controlBody, member, place, startBench, startBody } from './start-bench.js';

let bench: Bench;

beforeEach(async () => {
  bench = await startBench(
    {},
    {
      activities: [
        { name: 'Check & file', kind: 'automatic', outputs: ['R&D'] },
        { name: 'Manager Approval' },
      ],
      variables: [
        { name: '^Users', type: 'array', value: ['a', 'b'] },
        { name: 'Days', type: 'number', value: 3 },
      ],
    },
  );
});

afterEach(() => bench.tasks.stop());

const ns = 'xmlns="http://schemas.microsoft.com/2003/10/Serialization/"';

describe('the answer to execute', () => {
  it.each<[ResponseShape, number, string]>([
    ['value', 200, '1001'],
    ['quoted-string', 200, '"1001"'],
    ['plain-text', 200, '1001'],
    ['camel-object', 200, '{"executionId":1001}'],
    ['pascal-object', 200, '{"ExecutionId":1001}'],
    ['lower-object', 200, '{"executionid":1001}'],
    ['pairs', 200, '[{"Key":"ExecutionId","Value":1001}]'],
    ['wrapped-string', 200, '"\\"1001\\""'],
    ['wrapped-object', 200, '"{\\"ExecutionId\\":1001}"'],
    ['xml', 200, `<int ${ns}>1001</int>`],
    ['xml-string', 200, `<string ${ns}>1001</string>`],
    ['empty', 200, ''],
    ['no-content', 204, ''],
  ])('as %s is %i %s, and it took effect', async (shape, status, text) => {
    bench.tasks.change({ shape });
    const response = await bench.post('execute', startBody);
    expect([response.status, response.text]).toEqual([status, text]);
    expect(bench.tasks.executions()).toHaveLength(1);
    const type = response.headers.get('content-type')?.split(';')[0];
    const isXml = shape.startsWith('xml');
    if (isXml) expect(type).toBe('application/xml');
    else if (shape === 'plain-text') expect(type).toBe('text/plain');
    else expect(type).toBe(text === '' ? undefined : 'application/json');
  });
});

describe('the answer to status', () => {
  const ask = async (): Promise<string> => {
    const { id } = bench.tasks.executions()[0] ?? { id: 0 };
    return (await bench.get('status', { repo: 'Plant', executionid: `${id}` })).text;
  };

  it.each<[StatusForm, ResponseShape, string]>([
    ['code', 'value', '"SL"'],
    ['lower', 'value', '"sl"'],
    ['padded', 'value', '" SL  "'],
    ['word', 'value', '"Sleep"'],
    ['business', 'value', '"Waiting for a manager"'],
    ['both', 'pascal-object', '{"InternalStatus":"SL","StatusMessage":"Waiting for a manager"}'],
    ['code', 'lower-object', '{"status":"SL"}'],
    ['code', 'xml', `<string ${ns}>SL</string>`],
    ['code', 'plain-text', 'SL'],
    ['code', 'empty', ''],
  ])('as %s in the shape %s is %s', async (statusAs, shape, text) => {
    bench.tasks.change({ statusAs, shape });
    bench.tasks.setStatusText(bench.tasks.startExecution({ ...place, user: ann }), 'Waiting for a manager');
    expect(await ask()).toBe(text);
  });

  it.each<[ExecutionStatus, string]>([
    ['EP', 'Pending'],
    ['EX', 'Executing'],
    ['SL', 'Sleep'],
    ['PA', 'Paused'],
    ['AB', 'Aborted'],
    ['FE', 'Finished with errors'],
    ['FN', 'Finished'],
  ])('has a word for %s: %s', async (status, word) => {
    const byHand = status === 'EP' || status === 'EX';
    bench.tasks.change({ statusAs: 'word', engine: byHand ? 'by-hand' : 'running' });
    const ref = bench.tasks.startExecution({ ...place, user: ann });
    if (status === 'EX') bench.tasks.advance(ref);
    if (status === 'PA') await bench.post('pause', controlBody(ref.id));
    if (status === 'AB') await bench.post('abort', controlBody(ref.id));
    if (status === 'FE') bench.tasks.failWithError(ref, 'x');
    if (status === 'FN') bench.tasks.finish(ref);
    expect(await ask()).toBe(`"${word}"`);
  });

  it('may be one nobody has heard of', async () => {
    bench.tasks.change({ statusOverride: { SL: 'ZZ' } });
    bench.tasks.startExecution({ ...place, user: ann });
    expect(await ask()).toBe('"ZZ"');
  });
});

describe('the answer to lastinstance', () => {
  it.each<[ResponseShape, string]>([
    ['pascal-object', '{"ExecutionId":1002,"Status":"SL"}'],
    ['camel-object', '{"executionId":1002,"status":"SL"}'],
    ['pairs', '[{"Key":"ExecutionId","Value":1002},{"Key":"Status","Value":"SL"}]'],
    ['value', '1002'],
    ['xml', '<Result><ExecutionId>1002</ExecutionId><Status>SL</Status></Result>'],
  ])('as %s is the newest of anybody: %s', async (shape, text) => {
    bench.tasks.change({ shape });
    bench.tasks.startExecution({ ...place, user: ann });
    bench.tasks.startExecution({ ...place, user: 'activedirectory::bob' });
    bench.tasks.addWorkflow({ repository: 'Plant', name: 'Other' });
    bench.tasks.startExecution({ repository: 'Plant', workflow: 'Other', user: ann });
    expect((await bench.get('lastinstance', { repo: 'Plant', workflow: 'Leave WF' })).text).toBe(text);
  });
});

describe('the answer to activityoutput', () => {
  const ask = (what: Readonly<Record<string, string>>, operation = 'activityoutput') =>
    bench.get(operation, { repo: 'Plant', executionid: '1001', ...what });

  beforeEach(() => {
    bench.tasks.startExecution({ ...place, user: ann });
  });

  it.each<[ResponseShape, string]>([
    ['pascal-object', '{"ActivityName":"Check & file","Output":"R&D"}'],
    ['value', '"R&D"'],
    ['xml', '<Result><ActivityName>Check &amp; file</ActivityName><Output>R&amp;D</Output></Result>'],
  ])('as %s names the activity and its output: %s', async (shape, text) => {
    bench.tasks.change({ shape });
    expect((await ask({ activityname: 'Check & file' })).text).toBe(text);
  });

  it('is an empty output while an activity sleeps', async () => {
    expect((await ask({ activityname: 'Manager Approval' })).body).toEqual({
      ActivityName: 'Manager Approval',
      Output: '',
    });
  });

  it('is the output of the last time an activity ran', async () => {
    const again = { name: 'Ask', links: { Rejected: 'Ask' } };
    bench.tasks.addWorkflow({ repository: 'Plant', name: 'Stubborn', activities: [again] });
    const execution = bench.tasks.startExecution({ repository: 'Plant', workflow: 'Stubborn', user: ann });
    const outputs: unknown[] = [];
    for (const output of ['Rejected', 'Approved']) {
      bench.tasks.completeInInbox({ execution, as: ann, output });
      const { body } = await ask({ executionid: `${execution.id}`, activityname: 'Ask' });
      outputs.push(member(body, 'Output'));
    }
    expect(outputs).toEqual(['', 'Approved']);
  });

  it.each<[string, ResponseShape, string]>([
    ['Days', 'pascal-object', '{"VariableName":"Days","Value":3}'],
    ['^Users', 'pascal-object', '{"VariableName":"^Users","Value":["a","b"]}'],
    ['^Users', 'quoted-string', '"a,b"'],
  ])('for the variable %s as %s is %s', async (variablename, shape, text) => {
    bench.tasks.change({ shape });
    expect((await ask({ variablename })).text).toBe(text);
  });

  it.each([
    ['activityoutput', 200, 404],
    ['variablevalue', 404, 200],
    ['both', 200, 200],
  ] as const)('for variables is found at %s', async (variablePath, atOutput, atValue) => {
    bench.tasks.change({ variablePath });
    const statuses = [
      (await ask({ variablename: 'Days' })).status,
      (await ask({ variablename: 'Days' }, 'variablevalue')).status,
    ];
    expect(statuses).toEqual([atOutput, atValue]);
  });
});

describe('a question about something that does not exist', () => {
  const questions: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['status', { repo: 'Plant', executionid: '7' }],
    ['lastinstance', { repo: 'Plant', workflow: 'Leave WF' }],
    ['activityoutput', { repo: 'Plant', executionid: '7', activityname: 'Manager Approval' }],
    ['activityoutput', { repo: 'Plant', executionid: '7', variablename: 'Days' }],
  ];

  it.each(questions)('%s %j is an error, nothing, or null', async (operation, query) => {
    const replies: unknown[] = [];
    for (const notFound of ['error', 'empty', 'null'] as const) {
      bench.tasks.change({ notFound });
      const response = await bench.get(operation, query);
      replies.push([response.status, notFound === 'error' ? typeof response.body : response.text]);
    }
    expect(replies).toEqual([
      [500, 'object'],
      [200, ''],
      [200, 'null'],
    ]);
  });

  it('is a wrong question when the id is none', async () => {
    expect((await bench.get('status', { repo: 'Plant', executionid: 'x' })).status).toBe(400);
  });
});

describe('an error of the engine', () => {
  const message = "The workflow 'Nothing' does not exist.";

  it.each<[ErrorForm, number, string]>([
    ['json', 500, `{"Message":"${message}"}`],
    ['ok-object', 200, `{"Message":"${message}"}`],
    ['ok-failure', 200, `{"Success":false,"ErrorMessage":"${message}"}`],
    ['ok-minus-one', 200, '-1'],
  ])('as %s is %i %s', async (errors, status, text) => {
    bench.tasks.change({ errors });
    const response = await bench.post('execute', { ...startBody, workflow: 'Nothing' });
    expect([response.status, response.text]).toEqual([status, text]);
  });

  it('may be told in detail, as a page, or with another status', async () => {
    const ask = () => bench.post('execute', { ...startBody, workflow: 'Nothing' });
    bench.tasks.change({ errors: 'json-detailed' });
    expect((await ask()).body).toMatchObject({
      Message: 'An error has occurred.',
      ExceptionMessage: message,
    });
    bench.tasks.change({ errors: 'html', engineErrorStatus: 404 });
    const page = await ask();
    expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html']);
    expect(page.text).toContain(message);
  });
});
