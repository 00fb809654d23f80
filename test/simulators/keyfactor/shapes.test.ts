import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Bench } from './bench.js';
import { approvalStep, member, startBench } from './bench.js';

// Member names and types as the vendor publishes them for version 1 and 2 of the API.
type Shape = Readonly<
  Record<string, 'guid' | 'text' | 'text?' | 'int' | 'int?' | 'bool' | 'date' | 'list' | 'object'>
>;

const row: Shape = {
  Id: 'guid',
  Status: 'text',
  CurrentStepId: 'guid',
  StatusMessage: 'text?',
  Definition: 'object',
  CurrentStepDisplayName: 'text?',
  CurrentStepUniqueName: 'text?',
  Title: 'text?',
  LastModified: 'date',
  StartDate: 'date',
  ReferenceId: 'int',
};
const detail: Shape = { ...row, Signals: 'list', InitialData: 'object', CurrentStateData: 'object' };
const definitionOfInstance: Shape = { Id: 'guid', DisplayName: 'text', Version: 'int', WorkflowType: 'text' };
const openSignal: Shape = { SignalName: 'text', StepSignalId: 'guid', SignalReceived: 'bool' };
const definitionRow: Shape = {
  Id: 'guid',
  DisplayName: 'text',
  Key: 'text?',
  KeyDisplayName: 'text?',
  WorkflowType: 'text',
  DraftVersion: 'int',
  PublishedVersion: 'int?',
  Enabled: 'bool',
};
const { Key: _key, KeyDisplayName: _keyName, ...unkeyedRow } = definitionRow;
const definitionRow2: Shape = { ...unkeyedRow, Description: 'text?', Keys: 'list' };
const definitionDetail: Shape = {
  ...definitionRow,
  Description: 'text?',
  IsPublished: 'bool',
  Steps: 'list',
};
const definitionDetail2: Shape = { ...definitionRow2, IsPublished: 'bool', Steps: 'list' };
const step: Shape = {
  Id: 'guid',
  DisplayName: 'text',
  UniqueName: 'text',
  ExtensionName: 'text',
  Enabled: 'bool',
  ConfigurationParameters: 'object',
  Signals: 'list',
  Conditions: 'list',
  Outputs: 'object',
};
const availableStepRow: Shape = {
  DisplayName: 'text',
  ExtensionName: 'text',
  SupportedWorkflowTypes: 'list',
  ConfigurationParametersDefinition: 'object',
  SignalsDefinition: 'object',
};
const { SupportedWorkflowTypes: _types, ...unlisted } = availableStepRow;
const availableStep: Shape = { ...unlisted, Outputs: 'list' };
const parameter: Shape = {
  DisplayName: 'text',
  ParameterType: 'int',
  Required: 'bool',
  DefaultValue: 'text?',
  ControlType: 'int',
  PotentialValues: 'text?',
  SupportTokenReplacement: 'bool',
  DependsOn: 'text?',
  ToolTipContents: 'text?',
  QueryEndpoint: 'text?',
  QueryFieldName: 'text?',
  QueryGroupBy: 'text?',
};
const workflowType: Shape = {
  WorkflowType: 'text',
  KeyType: 'text',
  ContextParameters: 'list',
  BuiltInSteps: 'list',
};

/** Describes a value in the words of a shape. */
function describeAs(value: unknown, wanted: string): string {
  if (value === null) return wanted.endsWith('?') ? wanted : 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'string') {
    if (wanted === 'guid' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)) return 'guid';
    if (wanted === 'date' && !Number.isNaN(Date.parse(value))) return 'date';
    return wanted.startsWith('text') ? wanted : 'text';
  }
  if (typeof value === 'number' && Number.isInteger(value)) return wanted.startsWith('int') ? wanted : 'int';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function shapeOf(value: unknown, wanted: Shape): Record<string, string> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.map(([key, inner]) => [key, describeAs(inner, wanted[key] ?? 'text')]));
}

let bench: Bench;
let id: string;
let definitionId: string;

beforeEach(async () => {
  bench = await startBench();
  id = bench.startRun([approvalStep({ conditions: ['True'], roleTokens: ['$(owner)'] })]);
  definitionId = bench.command.instance(id).definitionId;
});

afterEach(() => bench.command.stop());

async function read(path: string, version = '1'): Promise<unknown> {
  const parts = { headers: { 'x-keyfactor-api-version': version } };
  const { body } = await bench.call('GET', `/Workflow/${path}`, parts);
  return Array.isArray(body) ? body[0] : body;
}

const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] : undefined);

function stepNamed(definition: unknown, name: string): unknown {
  const steps = member(definition, 'Steps');
  return Array.isArray(steps) ? steps.find((one: unknown) => member(one, 'UniqueName') === name) : undefined;
}

it.each<[string, string, Shape]>([
  ['Instances', '1', row],
  ['Definitions', '1', definitionRow],
  ['Definitions', '2', definitionRow2],
  ['Definitions/Steps', '1', availableStepRow],
  ['Definitions/Steps/RequireApproval', '1', availableStep],
  ['Definitions/Types', '1', workflowType],
])('%s in version %s has the published members and types', async (path, version, shape) => {
  expect(shapeOf(await read(path, version), shape)).toEqual(shape);
});

it('shows a single run with the published members, its definition and its open signal', async () => {
  const body = await read(`Instances/${id}`);
  expect(shapeOf(body, detail)).toEqual(detail);
  expect(shapeOf(member(body, 'Definition'), definitionOfInstance)).toEqual(definitionOfInstance);
  expect(shapeOf(first(member(body, 'Signals')), openSignal)).toEqual(openSignal);
});

it('shows a definition of version 1 with role numbers', async () => {
  const body = await read(`Definitions/${definitionId}`);
  expect(shapeOf(body, definitionDetail)).toEqual(definitionDetail);
  expect(shapeOf(stepNamed(body, 'Security'), step)).toEqual(step);
  expect(stepNamed(body, 'Security')).toMatchObject({
    Signals: [
      { SignalName: 'ApprovalStatus', RoleIds: [bench.command.roleId('Security')], RoleTokens: ['$(owner)'] },
    ],
    Conditions: [{ Id: expect.any(String), Value: 'True' }],
    Outputs: { continue: 'EndNOOP' },
    ConfigurationParameters: { MinimumApprovals: 1 },
  });
});

it('shows a definition of version 2 with named roles and several keys', async () => {
  const body = await read(`Definitions/${definitionId}`, '2');
  expect(shapeOf(body, definitionDetail2)).toEqual(definitionDetail2);
  expect(stepNamed(body, 'Security')).toMatchObject({
    Signals: [{ Roles: [{ RoleId: String(bench.command.roleId('Security')), RoleName: 'Security' }] }],
  });
});

it('shows the draft when no version is asked for, and leaves the roles out of an export', async () => {
  bench.command.addVersion(definitionId, [approvalStep({ uniqueName: 'Later' })]);
  const draft = await read(`Definitions/${definitionId}`);
  expect(stepNamed(draft, 'Later')).toBeDefined();
  expect(draft).toMatchObject({ DraftVersion: 2, PublishedVersion: 1 });
  const running = await read(`Definitions/${definitionId}?definitionVersion=1&exportable=true`);
  expect(stepNamed(running, 'Security')).toMatchObject({ Signals: [{ RoleIds: [] }] });
  expect((await bench.get(`/Workflow/Definitions/${definitionId}?definitionVersion=9`)).status).toBe(404);
});

it('keeps the order of the steps apart from the order they run in', async () => {
  const steps = member(await read(`Definitions/${definitionId}`), 'Steps');
  expect(member(first(steps), 'UniqueName')).toBe('EndNOOP');
});

it('describes the parameters of a step, under the name it is told or not at all', async () => {
  const names = async () => {
    const body = await read('Definitions/Steps/requireapproval');
    return Object.keys(Object(member(body, 'ConfigurationParametersDefinition')));
  };
  expect(await names()).toContain('MinimumApprovals');
  const inputs = member(
    member(member(await read('Definitions/Steps/RequireApproval'), 'SignalsDefinition'), 'ApprovalStatus'),
    'InputParameters',
  );
  expect(shapeOf(member(inputs, 'Approved'), parameter)).toEqual(parameter);
  bench.command.change({ minimumApprovalsParameter: 'ApprovalsNeeded' });
  expect(await names()).toContain('ApprovalsNeeded');
  bench.command.change({ minimumApprovalsParameter: null });
  expect(await names()).not.toContain('ApprovalsNeeded');
  expect(stepNamed(await read(`Definitions/${definitionId}`), 'Security')).toMatchObject({
    ConfigurationParameters: {},
  });
});

describe('what varies between servers', () => {
  it('is the status: a name, a number, or something new', async () => {
    const status = async () => member(await read(`Instances/${id}`), 'Status');
    expect(await status()).toBe('Suspended');
    bench.command.change({ statusAs: 'integer' });
    expect(Number.isInteger(await status())).toBe(true);
    bench.command.change({ statusOverride: { Suspended: 'OnHold' } });
    expect(await status()).toBe('OnHold');
  });

  it('is the case of the names, but never that of the data', async () => {
    bench.command.change({ keys: 'camel' });
    bench.command.changeData(id, { CSR: 'x', Nested: { Inner: 1 } });
    expect(await read(`Instances/${id}`)).toMatchObject({
      currentStepUniqueName: 'Security',
      definition: { displayName: 'Web server' },
      currentStateData: { CSR: 'x', Nested: { Inner: 1 } },
    });
    expect((await bench.get('/Workflow/Instances?SortField=x')).body).toMatchObject({
      errorCode: '0xA011004A',
    });
  });

  it.each([
    ['utc', '2025-03-04T05:06:07.08Z'],
    ['utc-seconds', '2025-03-04T05:06:07Z'],
    ['utc-fraction', '2025-03-04T05:06:07.0800000Z'],
    ['no-zone', '2025-03-04T05:06:07.080'],
  ] as const)('is the form of dates: %s', async (dates, expected) => {
    bench.command.change({ dates });
    expect(member(await read(`Instances/${id}`), 'StartDate')).toBe(expected);
  });

  it('is whose signal the open signal speaks of', async () => {
    const later = bench.startRun([approvalStep({ minimumApprovals: 2 })]);
    await bench.signal(later, 'CORP\\ann');
    const received = async (as: string) => {
      const { body } = await bench.get(`/Workflow/Instances/${later}`, as);
      return member(first(member(body, 'Signals')), 'SignalReceived');
    };
    expect([await received('CORP\\ann'), await received('CORP\\bob')]).toEqual([true, true]);
    bench.command.change({ signalReceived: 'caller' });
    expect([await received('CORP\\ann'), await received('CORP\\bob')]).toEqual([true, false]);
  });
});

it('puts its version, the route versions, a correlation id and its own time into the headers', async () => {
  const { headers } = await bench.get('/Workflow/Definitions');
  expect(headers.get('x-keyfactor-product-version')).toMatch(/^25\./);
  expect(headers.get('api-supported-versions')).toBe('1.0, 2');
  expect(headers.get('x-keyfactor-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(headers.get('date')).toBe('Tue, 04 Mar 2025 05:06:07 GMT');
});

it('lists its endpoints', async () => {
  const { body } = await bench.get('/Status/Endpoints');
  expect(body).toContain('POST /Workflow/Instances/{id}/Signals');
});
