import { describe, expect, it } from '@jest/globals';
import { stringify } from 'lossless-json';
import { actingUser, planChange, withoutValues } from '../../../src/backends/work-tasks/changes.js';
import { workTasksServer } from '../../../src/backends/work-tasks/settings.js';
import { executionRef, parseExecutionRef } from '../../../src/backends/work-tasks/wire.js';
import type { Change, Variable } from '../../../src/domain/change.js';

const leave = {
  name: 'Leave WF',
  variables: [
    { name: 'Days', type: 'number', required: true, id: 'V1' },
    { name: 'From', type: 'date' },
    { name: 'Paid', type: 'boolean', default: 'true' },
    { name: 'Note' },
  ],
  activities: [{ name: 'ManagerApproval', outputs: ['Approved', 'Rejected'] }],
};

const planFor = (
  change: Change,
  settings: Readonly<Record<string, unknown>> = {},
  as: { identity?: string } = { identity: 'activedirectory::ann' },
  refreshTokenInfo?: string,
) => {
  const server = workTasksServer.parse({
    name: 'plant',
    baseUrl: 'https://wt.example.com/Workflow.WebAPI',
    repositories: [{ repository: 'HR', workflows: [leave, { name: 'Simple' }] }],
    auth: { kind: 'none' },
    ...settings,
  });
  const [repository] = server.repositories;
  if (repository === undefined) throw new Error('There is a repository.');
  return planChange(change, as, { server, repository, secrets: { refreshTokenInfo } });
};

const instance = executionRef('plant-hr', { workflow: 'Leave WF', executionId: '1042' });
const start = (
  variables: readonly Variable[],
  definition = 'Leave WF',
): Extract<Change, { kind: 'execute' }> => ({
  kind: 'execute',
  system: 'plant-hr',
  definition,
  variables,
});
const days = (value: string): Variable => ({ name: 'Days', type: 'number', value });

describe('the name of an execution', () => {
  it.each(['Leave WF', 'a#b', 'Ünïcode & more', '#', 'line\nbreak'])('holds the workflow %j', (workflow) => {
    const { id } = executionRef('plant', { workflow, executionId: '7' });
    expect(parseExecutionRef(id)).toEqual({ workflow, executionId: '7' });
  });

  it.each(['', 'Leave WF', '#7', 'Leave WF#', 'Leave WF# 7'])('is not %j', (id) => {
    expect(parseExecutionRef(id)).toBeUndefined();
  });
});

describe('the user a change is made for', () => {
  it.each([
    ['activedirectory::ann', undefined, 'activedirectory::ann'],
    ['activedirectory::CORP\\ann', undefined, 'activedirectory::CORP\\ann'],
    ['ann@example.com', 'azureactivedirectory::{email}', 'azureactivedirectory::ann@example.com'],
    ['$&@example.com', 'azureactivedirectory::{email}', 'azureactivedirectory::$&@example.com'],
  ])('is, for %s, as the settings say', (identity, template, user) => {
    expect(actingUser({ identity }, template)).toEqual({ kind: 'user', user });
  });

  it.each([
    [{}, undefined],
    [{ identity: ' ' }, undefined],
    [{ identity: 'ann' }, 'x::{email}'],
    [{ identity: 'ann@example.com' }, undefined],
    [{ identity: 'activedirectory:: ann' }, undefined],
  ])('is not guessed from %j', (as, template) => {
    expect(actingUser(as, template).kind).toBe('none');
    expect(planFor({ kind: 'pause', instance }, {}, as)).toMatchObject({
      kind: 'refused',
      reason: 'not-sendable',
    });
  });

  it('is asked for in plain words when nobody is mapped', () => {
    expect(planFor({ kind: 'pause', instance }, {}, {})).toMatchObject({
      said: expect.stringContaining('no user'),
    });
  });
});

describe('the call a change takes', () => {
  const user = 'activedirectory::ann';
  const four = { repository: 'HR', workflow: 'Leave WF', executionid: 1042, user };

  it.each<[Change, string, object]>([
    [{ kind: 'abort', instance }, 'abort', four],
    [{ kind: 'pause', instance }, 'pause', four],
    [{ kind: 'resume', instance, afterError: false }, 'resume', four],
    [{ kind: 'resume', instance, afterError: true }, 'resumeAfterError', four],
    [
      { kind: 'alert', instance, activityId: '50001', output: 'Approved' },
      'alert',
      {
        repository: 'HR',
        workflow: 'Leave WF',
        executiondetailsid: 50_001,
        user,
        data: '<data/>',
        output: 'Approved',
        status: 'Completed',
      },
    ],
    [start([], 'Simple'), 'execute', { repository: 'HR', workflow: 'Simple', version: '', user }],
    [
      start([days('5'), { name: 'From', type: 'date', value: '2026-12-31' }]),
      'executeWithVariables',
      {
        repository: 'HR',
        workflow: 'Leave WF',
        user,
        data: '<data/>',
        variables: [
          { id: 'V1', name: 'Days', value: 5, type: 'number' },
          { name: 'From', value: '12/31/2026', type: 'date' },
          { name: 'Paid', value: true, type: 'boolean' },
        ],
      },
    ],
  ])('%j', (change, call, body) => {
    const plan = planFor(change);
    expect(plan).toMatchObject({ kind: 'send', call });
    expect(plan.kind === 'send' && JSON.parse(stringify(plan.body) ?? '')).toEqual(body);
  });

  it.each([
    ['number', '361', '361'],
    ['number', '9007199254740993', '9007199254740993'],
    ['number', '007.50', '7.50'],
    ['number', '-0.10', '-0.10'],
    ['decimal', '123456789012345678901234567890.12', '123456789012345678901234567890.12'],
    ['float', '1e-3', '1e-3'],
    ['boolean', 'yes', 'true'],
    ['boolean', 'false', 'false'],
    ['date', '2026-12-31', '"12/31/2026"'],
    ['actor', 'activedirectory::jo', '"activedirectory::jo"'],
    ['xml', '<a>1</a>', '"<a>1</a>"'],
    ['object', '{"n":9007199254740993}', '{"n":9007199254740993}'],
    ['array', '[1, "b"]', '[1,"b"]'],
    ['string', '42', '"42"'],
  ] as const)('sends a %s typed as %s as JSON has it, digit by digit', (type, text, json) => {
    const one = { name: 'One', variables: [{ name: 'V', type }] };
    const settings = { repositories: [{ repository: 'HR', workflows: [one] }] };
    const change = start([{ name: 'V', type, value: text }], 'One');
    const sent = planFor(change, settings);
    const called = type === 'xml' ? 'string' : type;
    expect(sent.kind === 'send' && stringify(sent.body.variables)).toBe(
      `[{"name":"V","value":${json},"type":"${called}"}]`,
    );
    const asText = planFor(change, { ...settings, variableValues: 'strings' });
    expect(asText.kind === 'send' && stringify(asText.body.variables)).toMatch(/"value":"/);
  });

  it('names the version of a workflow as settings say, or whoever starts it', () => {
    const settings = { repositories: [{ repository: 'HR', workflows: [{ name: 'Simple', version: '2' }] }] };
    expect(planFor(start([], 'Simple'), settings)).toMatchObject({ body: { version: '2' } });
    expect(planFor({ ...start([], 'Simple'), version: '3' }, settings)).toMatchObject({
      body: { version: '3' },
    });
  });

  it('starts no version with values or data, since Work Tasks would start the latest', () => {
    const withValues = planFor({ ...start([days('5')]), version: '3' });
    const withData = planFor({ ...start([], 'Simple'), version: '3', data: '<a/>' });
    for (const plan of [withValues, withData])
      expect(plan).toMatchObject({ kind: 'refused', said: expect.stringContaining('latest version') });
  });

  it('hands over the XML that settings say, or whoever starts it', () => {
    const settings = { repositories: [{ repository: 'HR', workflows: [{ name: 'Simple', data: '<b/>' }] }] };
    const call = 'executeWithVariables';
    expect(planFor(start([], 'Simple'), settings)).toMatchObject({
      call,
      body: { data: '<b/>', variables: [] },
    });
    expect(planFor({ ...start([], 'Simple'), data: '<c/>' }, settings)).toMatchObject({
      body: { data: '<c/>' },
    });
  });

  it('tells an activity the status and the XML of its settings, or what was typed', () => {
    const activities = [
      { name: 'Wait', outputs: ['Later'], status: 'Sleep', data: '<w/>' },
      { name: 'Approval', outputs: ['Approved'] },
    ];
    const settings = { repositories: [{ repository: 'HR', workflows: [{ name: 'Leave WF', activities }] }] };
    const alert = { kind: 'alert', instance, activityId: '1', output: 'Later' } as const;
    expect(planFor(alert, settings)).toMatchObject({ body: { status: 'Sleep', data: '<w/>' } });
    expect(planFor({ ...alert, output: 'Approved' }, settings)).toMatchObject({
      body: { status: 'Completed', data: '<data/>' },
    });
    expect(planFor({ ...alert, status: 'Completed', data: '<x/>' }, settings)).toMatchObject({
      body: { status: 'Completed', data: '<x/>' },
    });
  });

  it('writes ids, variables, their ids and dates in the other forms where the settings say so', () => {
    const forms = { ids: 'string', variables: 'json-string', variableId: 'name', dates: 'iso' };
    expect(planFor({ kind: 'pause', instance }, forms)).toMatchObject({ body: { executionid: '1042' } });
    const plan = planFor(start([days('5'), { name: 'From', type: 'date', value: '12/1/2026' }]), forms);
    const variables = plan.kind === 'send' ? plan.body.variables : undefined;
    expect(JSON.parse(String(variables))).toEqual([
      { id: 'V1', name: 'Days', value: 5, type: 'number' },
      { id: 'From', name: 'From', value: '2026-12-01', type: 'date' },
      { id: 'Paid', name: 'Paid', value: true, type: 'boolean' },
    ]);
  });

  it('spells an output and a workflow as the settings do', () => {
    expect(planFor({ kind: 'alert', instance, activityId: '1', output: 'approved ' })).toMatchObject({
      body: { output: 'Approved' },
    });
    expect(planFor(start([], 'simple'))).toMatchObject({ body: { workflow: 'Simple' } });
  });

  it('hands over refresh token metadata only when told to, as it is given', () => {
    const info = '{"clientid":"x","refreshtoken":"sesame"}';
    expect(planFor(start([days('5')]), {}, undefined, info)).not.toHaveProperty('body.refreshtokeninfo');
    const plan = planFor(start([days('5')]), { sendRefreshTokenInfo: true }, undefined, info);
    expect(plan).toMatchObject({
      body: { refreshtokeninfo: JSON.parse(info) },
      confidential: expect.arrayContaining(['sesame']),
    });
  });

  it.each<[string, Change]>([
    ['a workflow the settings do not list', start([], 'Payroll')],
    ['a variable the settings do not list', start([days('5'), { ...days('1'), name: 'days' }])],
    ['a required variable that is missing', start([])],
    ['a required variable that is blank', start([days(' ')])],
    ['a number that is none', start([days('five')])],
    ['a date that does not exist', start([days('5'), { name: 'From', type: 'date', value: '2026-02-30' }])],
    ['an output the settings do not list', { kind: 'alert', instance, activityId: '1', output: 'Maybe' }],
    ['an activity id that is none', { kind: 'alert', instance, activityId: 'x', output: 'Approved' }],
    ['what names no execution', { kind: 'abort', instance: { system: 'plant-hr', id: '1042' } }],
    ['a restart', { kind: 'restart', instance }],
    ['a stop', { kind: 'stop', instance }],
  ])('is none for %s', (_what, change) => {
    expect(planFor(change)).toMatchObject({
      kind: 'refused',
      reason: 'not-sendable',
      said: expect.any(String),
    });
  });

  it('never tells a value that is wrong', () => {
    expect(JSON.stringify(planFor(start([days('sesame')])))).not.toContain('sesame');
  });
});

describe('a sentence without values', () => {
  it('loses the longer ones first, and keeps what is too short to mean anything', () => {
    expect(withoutValues("The value 'sesame-open' of 'sesame' at 5", ['sesame', 'sesame-open', '5'])).toBe(
      "The value '…' of '…' at 5",
    );
  });
});
