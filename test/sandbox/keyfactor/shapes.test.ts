import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Shape } from './published-shapes.js';
import { published, shapeOf } from './published-shapes.js';
import type { Bench } from './start-bench.js';
import { approvalStep, member, startBench } from './start-bench.js';

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
  ['Instances', '1', published.row],
  ['Definitions', '1', published.definitionRow],
  ['Definitions', '2', published.definitionRow2],
  ['Definitions/Steps', '1', published.availableStepRow],
  ['Definitions/Steps/RequireApproval', '1', published.availableStep],
  ['Definitions/Types', '1', published.workflowType],
])('%s in version %s has the published members and types', async (path, version, shape) => {
  expect(shapeOf(await read(path, version), shape)).toEqual(shape);
});

it('shows a single run with the published members, its definition and its open signal', async () => {
  const body = await read(`Instances/${id}`);
  expect(shapeOf(body, published.detail)).toEqual(published.detail);
  expect(shapeOf(member(body, 'Definition'), published.definitionOfInstance)).toEqual(
    published.definitionOfInstance,
  );
  expect(shapeOf(first(member(body, 'Signals')), published.openSignal)).toEqual(published.openSignal);
});

it('shows a definition of version 1 with role numbers', async () => {
  const body = await read(`Definitions/${definitionId}`);
  expect(shapeOf(body, published.definitionDetail)).toEqual(published.definitionDetail);
  expect(shapeOf(stepNamed(body, 'Security'), published.step)).toEqual(published.step);
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
  expect(shapeOf(body, published.definitionDetail2)).toEqual(published.definitionDetail2);
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
  expect(shapeOf(member(inputs, 'Approved'), published.parameter)).toEqual(published.parameter);
  bench.command.change({ minimumApprovalsParameter: 'ApprovalsNeeded' });
  expect(await names()).toContain('ApprovalsNeeded');
  bench.command.change({ minimumApprovalsParameter: null });
  expect(await names()).not.toContain('ApprovalsNeeded');
  expect(stepNamed(await read(`Definitions/${definitionId}`), 'Security')).toMatchObject({
    ConfigurationParameters: {},
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
