import { assertNever } from '../../shared/language.js';
import { json, noContent, parseJson, type Reply } from '../shared/server.js';
import { access, holds, type Identity } from './access.js';
import type { Behaviour } from './behavior.js';
import { type Definition, type Instance, isAssignedTo } from './engine.js';
import {
  type IncomingSignal,
  restartInstance,
  type SignalGate,
  type SignalOutcome,
  seen,
  stopInstance,
} from './lifecycle.js';
import { column, instanceListing, type Listing, type Parameters, respondPage } from './queries.js';
import { Refusal } from './refusal.js';
import {
  type ApiVersion,
  type AvailableStep,
  authorities,
  availableStepJson,
  definitionDetail,
  definitionRow,
  instanceDetail,
  instanceRow,
  stepCatalogue,
  templates,
  type WorkflowKind,
  workflowKindJson,
  workflowTypes,
} from './wire.js';
import type { World } from './world.js';

/** An authenticated call that has found its route. */
export interface Call {
  readonly identity: Identity;
  readonly apiVersion: ApiVersion;
  /** What stands in the place of `{id}` in the pattern. */
  readonly id: string;
  readonly parameters: Parameters;
  readonly body: string;
  readonly contentType: string;
  /** Number of the call since the start. */
  readonly number: number;
}

/** One method and path of the API. */
export interface Route {
  readonly method: string;
  /** Path below the base path; `{id}` stands for one segment. */
  readonly pattern: string;
  readonly versions: readonly ApiVersion[];
  respond(call: Call): Reply | Promise<Reply>;
}

/** Lists every call the server knows; where two patterns fit, the earlier one wins. */
export function allRoutes(world: World, gate: SignalGate): readonly Route[] {
  const route = (method: string, pattern: string, respond: Route['respond'], versions = one): Route => ({
    method,
    pattern,
    versions,
    respond,
  });
  const instances = '/Workflow/Instances';
  const definitions = '/Workflow/Definitions';
  const routes = [
    route('GET', instances, (call) => listInstances(world, call, access.readAll, () => true)),
    route('GET', `${instances}/AssignedToMe`, (call) =>
      listInstances(world, call, access.readPending, waitsFor(world, call)),
    ),
    route('GET', `${instances}/My`, (call) => listInstances(world, call, access.readMine, isOwn(call))),
    route('GET', `${instances}/{id}`, (call) => respondInstance(world, call)),
    route('POST', `${instances}/{id}/Signals`, (call) => respondSignal(world, gate, call)),
    route('POST', `${instances}/{id}/Restart`, (call) => respondRestart(world, call)),
    route('POST', `${instances}/{id}/Stop`, (call) => respondStop(world, call)),
    route('DELETE', `${instances}/{id}`, (call) => refuseDelete(world, call)),
    route(
      'GET',
      definitions,
      (call) => listDefinitions(world, call, world.definitions.all(), definitionListing, definitionRow),
      both,
    ),
    route('GET', `${definitions}/Steps`, (call) =>
      listDefinitions(world, call, steps(world), stepListing, (step) => availableStepJson(step, 'row')),
    ),
    route('GET', `${definitions}/Steps/{id}`, (call) => respondStep(world, call)),
    route('GET', `${definitions}/Types`, (call) =>
      listDefinitions(world, call, workflowTypes, typeListing, (kind) =>
        workflowKindJson(kind, steps(world)),
      ),
    ),
    route('GET', `${definitions}/{id}`, (call) => respondDefinition(world, call), both),
    route('GET', '/Templates', (call) => listTemplates(world, call)),
    route('GET', '/CertificateAuthority', (call) => listAuthorities(world, call)),
  ];
  const status = route('GET', '/Status/Endpoints', () =>
    json([...routes, status].map(({ method, pattern }) => `${method} ${pattern}`)),
  );
  return [...routes, status];
}

const one: readonly ApiVersion[] = [1];

const both: readonly ApiVersion[] = [1, 2];

/** Refuses with 403 unless the caller holds every access string. */
function requireAccess(identity: Identity, ...wanted: readonly string[]): void {
  const missing = wanted.filter((string) => !holds(identity, string));
  if (missing.length === 0) return;
  throw new Refusal(403, `User does not have the required permissions: ${missing.join(', ')}.`);
}

/** Gathers what answering a list query depends on. */
function pageRequest(world: World, { parameters, number, identity }: Call) {
  const { totalCountHeader: withTotalCount, longestPage, pagesCountedBy } = world.behaviour();
  return {
    parameters,
    seed: number,
    withTotalCount,
    longestPage,
    pagesCountedBy,
    callerName: identity.name,
    nowMs: world.now(),
  };
}

function listInstances(
  world: World,
  call: Call,
  wanted: string,
  isShown: (instance: Instance) => boolean,
): Reply {
  requireAccess(call.identity, wanted);
  const { unlisted } = world.behaviour();
  const rows = [...world.instances.values()].filter((one) => !unlisted.includes(one.id) && isShown(one));
  return respondPage(rows, instanceListing(world), pageRequest(world, call), (row) =>
    instanceRow(world, row),
  );
}

function waitsFor(world: World, { identity }: Call): (instance: Instance) => boolean {
  return (instance) => isAssignedTo(instance, world.stepsOf(instance), identity);
}

function isOwn({ identity }: Call): (instance: Instance) => boolean {
  return ({ initiator }) => initiator.toLowerCase() === identity.name.toLowerCase();
}

function respondInstance(world: World, call: Call): Reply {
  const { identity, id } = call;
  const [pending, mine] = [holds(identity, access.readPending), holds(identity, access.readMine)];
  if (!pending && !mine) requireAccess(identity, access.readAll);
  const instance = instanceInPath(world, id);
  const maySee =
    holds(identity, access.readAll) ||
    (pending && waitsFor(world, call)(instance)) ||
    (mine && isOwn(call)(instance));
  if (maySee) return json(instanceDetail(world, instance, identity.name));
  const status = world.behaviour().hiddenInstanceStatus;
  throw new Refusal(status, `User does not have access to workflow instance ${id}.`);
}

/** Finds the run a path names; the number people see in the portal is no id. */
function instanceInPath(world: World, id: string): Instance {
  if (/^\d+$/.test(id)) throw new Refusal(400, `The value '${id}' is not valid.`);
  const instance = world.instances.get(id) ?? world.instances.get(id.toLowerCase());
  if (instance !== undefined) return instance;
  throw new Refusal(world.behaviour().unknownInstanceStatus, `Workflow instance ${id} was not found.`);
}

async function respondSignal(world: World, gate: SignalGate, call: Call): Promise<Reply> {
  const body = readSignal(call.body, call.contentType, world.behaviour().approvedAs);
  const instance = instanceInPath(world, call.id);
  const signal: IncomingSignal = { ...body, instance: instance.id, identity: call.identity, via: 'api' };
  return toReply(world, signal, await gate.enter(signal));
}

/** Longest comment, in UTF-16 code units. */
const longestComment = 500;

/** Reads the body of a signal call, or refuses with 400 (415 when it is not JSON at all). */
function readSignal(
  body: string,
  contentType: string,
  approvedAs: Behaviour['approvedAs'],
): Pick<IncomingSignal, 'key' | 'approved' | 'comment'> {
  if (!/[/+]json\b/i.test(contentType)) throw new Refusal(415, 'The media type is not supported.');
  const parsed = parseJson(body);
  if (parsed === undefined) throw new Refusal(400, 'The request body is not valid JSON.');
  const data = isRecord(parsed) ? parsed.Data : undefined;
  if (!isRecord(parsed) || typeof parsed.SignalKey !== 'string' || !isRecord(data)) {
    throw new Refusal(400, 'The signal needs a SignalKey and Data.');
  }
  const comment = data.Comment ?? '';
  if (typeof comment !== 'string' || comment.length > longestComment) {
    throw new Refusal(400, `Comment must be text of at most ${longestComment} characters.`);
  }
  return { key: parsed.SignalKey, approved: readApproved(data.Approved, approvedAs), comment };
}

function readApproved(value: unknown, approvedAs: Behaviour['approvedAs']): boolean {
  if (typeof value === 'boolean' && approvedAs !== 'string-only') return value;
  const isText = typeof value === 'string' && /^(true|false)$/i.test(value);
  if (isText && approvedAs !== 'boolean-only') return value.toLowerCase() === 'true';
  throw new Refusal(400, 'Approved is missing or has a value that cannot be used.');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toReply(world: World, signal: IncomingSignal, outcome: SignalOutcome): Reply {
  const behaviour = world.behaviour();
  const refuse = (status: number, message: string): never => {
    if (status === 204) {
      const step = world.instances.get(signal.instance)?.stepName ?? '';
      const reason = outcome === 'second-signal' ? outcome : 'refused';
      world.records.ignoredSignals.push({ ...seen(signal, step), reason });
    }
    throw new Refusal(status, message);
  };
  switch (outcome) {
    case 'counted':
    case 'lost':
      return noContent;
    case 'not-suspended':
      return refuse(behaviour.notSuspendedStatus, 'The workflow instance is not waiting for a signal.');
    case 'wrong-key':
      return refuse(behaviour.wrongKeyStatus, `The current step does not expect the signal ${signal.key}.`);
    case 'no-role':
      return refuse(behaviour.noRoleStatus, 'User does not hold a role that may send this signal.');
    case 'second-signal':
      return refuse(behaviour.secondSignalStatus, 'User has already sent this signal.');
    case 'unknown-instance':
      return refuse(behaviour.unknownInstanceStatus, 'The workflow instance was not found.');
    default:
      return assertNever(outcome);
  }
}

function respondRestart(world: World, { identity, parameters, id, body }: Call): Reply {
  requireAccess(identity, access.manage, access.readAll);
  const isInBody = world.behaviour().restartVersionIn === 'body';
  const sent = isInBody ? parseJson(body) : undefined;
  const version = isInBody
    ? String((isRecord(sent) ? sent.version : undefined) ?? '')
    : (parameters.get('version') ?? '');
  if (!/^\d{0,9}$/.test(version)) throw new Refusal(400, `The version '${version}' is not valid.`);
  const instance = instanceInPath(world, id);
  restartInstance(world, instance.id, identity.name, version === '' ? undefined : Number(version));
  return noContent;
}

function respondStop(world: World, { identity, id }: Call): Reply {
  requireAccess(identity, access.manage);
  stopInstance(world, instanceInPath(world, id).id, identity.name);
  return noContent;
}

function refuseDelete(world: World, { identity, id }: Call): Reply {
  world.audit('delete-refused', id, identity.name);
  throw new Refusal(world.behaviour().deleteStatus, 'Deleting workflow instances is not allowed here.');
}

function listDefinitions<Row>(
  world: World,
  call: Call,
  rows: readonly Row[],
  listing: Listing<Row>,
  toJson: (row: Row, version: ApiVersion) => unknown,
): Reply {
  requireAccess(call.identity, access.readDefinitions);
  return respondPage(rows, listing, pageRequest(world, call), (row) => toJson(row, call.apiVersion));
}

function listTemplates(world: World, call: Call): Reply {
  requireAccess(call.identity, access.readTemplates);
  const fields = [column<(typeof templates)[number]>('CommonName', ({ commonName }) => commonName)];
  const listing = { defaultSort: 'CommonName', fields };
  return respondPage(templates, listing, pageRequest(world, call), ({ commonName, displayName }) => ({
    Id: templates.findIndex((one) => one.commonName === commonName) + 1,
    CommonName: commonName,
    TemplateName: displayName,
    DisplayName: displayName,
    ConfigurationTenant: 'keyexample.com',
  }));
}

function listAuthorities(world: World, call: Call): Reply {
  requireAccess(call.identity, access.readAuthorities);
  const fields = [column<(typeof authorities)[number]>('LogicalName', ({ logicalName }) => logicalName)];
  const listing = { defaultSort: 'LogicalName', fields };
  return respondPage(authorities, listing, pageRequest(world, call), ({ logicalName, hostName }) => ({
    Id: authorities.findIndex((one) => one.logicalName === logicalName) + 1,
    LogicalName: logicalName,
    HostName: hostName,
    ConfigurationTenant: 'keyexample.com',
  }));
}

const definitionListing: Listing<Definition> = {
  defaultSort: 'DisplayName',
  fields: [
    column('DisplayName', ({ displayName }) => displayName),
    column('Id', ({ id }) => id, 'guid'),
    column('WorkflowType', ({ workflowType }) => workflowType),
    column('IsPublished', ({ publishedVersion }) => publishedVersion !== null, 'boolean'),
  ],
};

const stepListing: Listing<AvailableStep> = {
  defaultSort: 'DisplayName',
  fields: [
    column('DisplayName', ({ displayName }) => displayName),
    column('ExtensionName', ({ extensionName }) => extensionName),
    column('SupportedWorkflowTypes', ({ workflowTypes }) => workflowTypes, 'texts'),
  ],
};

const typeListing: Listing<WorkflowKind> = {
  defaultSort: 'Name',
  fields: [column('Name', ({ name }) => name)],
};

function steps(world: World): readonly AvailableStep[] {
  return stepCatalogue(world.behaviour().minimumApprovalsParameter);
}

function respondStep(world: World, { identity, id }: Call): Reply {
  requireAccess(identity, access.readDefinitions);
  const step = steps(world).find(({ extensionName }) => extensionName.toLowerCase() === id.toLowerCase());
  if (step === undefined) throw new Refusal(404, `There is no step ${id}.`);
  return json(availableStepJson(step, 'detail'));
}

/** Without a version the draft is shown, not what runs: a trap clients have to know. */
function respondDefinition(world: World, { identity, id, parameters, apiVersion }: Call): Reply {
  requireAccess(identity, access.readDefinitions);
  const definition = world.definitions.find(id);
  if (definition === undefined) throw new Refusal(404, `Workflow definition ${id} was not found.`);
  const wanted = parameters.get('definitionversion') || String(definition.versions.length);
  if (!/^\d{1,9}$/.test(wanted)) throw new Refusal(400, `The version '${wanted}' is not valid.`);
  const version = definition.versions[Number(wanted) - 1];
  if (version === undefined) throw new Refusal(404, `Workflow definition ${id} has no version ${wanted}.`);
  const exportable = parameters.get('exportable')?.toLowerCase() ?? 'false';
  if (!/^(true|false)$/.test(exportable))
    throw new Refusal(400, `The value '${exportable}' is not valid for exportable.`);
  const isExport = exportable === 'true';
  return json(definitionDetail(world, definition, version, { version: apiVersion, isExport }));
}
