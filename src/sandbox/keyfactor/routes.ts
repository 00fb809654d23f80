import { assertNever } from '../../shared/assert-never.js';
import type { Behaviour } from './behavior.js';
import type { Definition } from './definitions.js';
import { type Instance, isAssignedTo } from './engine.js';
import { access, holds, type Identity } from './identities.js';
import {
  type IncomingSignal,
  restartInstance,
  type SignalGate,
  type SignalOutcome,
  seen,
  stopInstance,
} from './lifecycle.js';
import { instanceListing, type Listing, type PageRequest, type Parameters, respondPage } from './queries.js';
import { json, noContent, Refusal, type Reply } from './response.js';
import {
  type ApiVersion,
  type AvailableStep,
  availableStepJson,
  definitionDetail,
  definitionRow,
  instanceDetail,
  instanceRow,
  stepCatalogue,
  type WorkflowKind,
  workflowKindJson,
  workflowTypes,
} from './wire.js';
import type { World } from './world.js';

/** Lists every call the server knows; where two patterns fit, the earlier one wins. */
export function allRoutes(world: World, gate: SignalGate<IncomingSignal, SignalOutcome>): readonly Route[] {
  const routes = [...instanceReads(world), ...instanceActions(world, gate), ...definitionReads(world)];
  const status: Route = {
    method: 'GET',
    pattern: '/Status/Endpoints',
    versions: [1],
    respond: () => json([...routes, status].map(({ method, pattern }) => `${method} ${pattern}`)),
  };
  return [...routes, status];
}

/** Creates the calls that read definitions, the step catalogue and the workflow types. */
function definitionReads(world: World): readonly Route[] {
  const read = (path: string, versions: Route['versions'], respond: Route['respond']): Route => ({
    method: 'GET',
    pattern: `/Workflow/Definitions${path}`,
    versions,
    respond(call) {
      requireAccess(call.identity, access.readDefinitions);
      return respond(call);
    },
  });
  const catalogue = () => stepCatalogue(world.behaviour().minimumApprovalsParameter);
  return [
    read('', [1, 2], (call) =>
      respondPage(world.definitions.all(), definitionListing, pageRequest(world, call), (definition) =>
        definitionRow(definition, call.apiVersion),
      ),
    ),
    read('/Steps', [1], (call) =>
      respondPage(catalogue(), stepListing, pageRequest(world, call), (step) =>
        availableStepJson(step, 'row'),
      ),
    ),
    read('/Steps/{id}', [1], (call) => respondStep(catalogue(), call.id)),
    read('/Types', [1], (call) =>
      respondPage(workflowTypes, typeListing, pageRequest(world, call), (kind) =>
        workflowKindJson(kind, catalogue()),
      ),
    ),
    read('/{id}', [1, 2], (call) => respondDefinition(world, call)),
  ];
}

function respondStep(steps: readonly AvailableStep[], name: string): Reply {
  const step = steps.find(({ extensionName }) => extensionName.toLowerCase() === name.toLowerCase());
  if (step === undefined) throw new Refusal(404, `There is no step ${name}.`);
  return json(availableStepJson(step, 'detail'));
}

/** Without a version the draft is shown, not what runs: a trap clients have to know. */
function respondDefinition(world: World, call: Call): Reply {
  const definition = world.definitions.find(call.id);
  if (definition === undefined) throw new Refusal(404, `Workflow definition ${call.id} was not found.`);
  const wanted = call.parameters.get('definitionversion') || String(definition.versions.length);
  const steps = definition.versions[Number(wanted) - 1];
  if (steps === undefined) throw new Refusal(404, `Workflow definition ${call.id} has no version ${wanted}.`);
  const isExport = call.parameters.get('exportable')?.toLowerCase() === 'true';
  return json(definitionDetail(world, definition, steps, { version: call.apiVersion, isExport }));
}

const definitionListing: Listing<Definition> = {
  defaultSort: 'DisplayName',
  fields: [
    { name: 'DisplayName', kind: 'text', read: ({ displayName }) => displayName, isFilter: true },
    { name: 'Id', kind: 'text', read: ({ id }) => id, isFilter: true },
    { name: 'WorkflowType', kind: 'text', read: ({ workflowType }) => workflowType, isFilter: true },
    {
      name: 'IsPublished',
      kind: 'boolean',
      read: ({ publishedVersion }) => publishedVersion !== null,
      isFilter: true,
    },
  ],
};

const stepListing: Listing<AvailableStep> = {
  defaultSort: 'DisplayName',
  fields: [
    { name: 'DisplayName', kind: 'text', read: ({ displayName }) => displayName, isFilter: true },
    { name: 'ExtensionName', kind: 'text', read: ({ extensionName }) => extensionName, isFilter: true },
    { name: 'SupportedWorkflowTypes', kind: 'texts', read: (step) => step.workflowTypes, isFilter: true },
  ],
};

const typeListing: Listing<WorkflowKind> = {
  defaultSort: 'Name',
  fields: [{ name: 'Name', kind: 'text', read: ({ name }) => name, isFilter: true }],
};

/** Creates the calls that change a run: signal, restart, stop, and the delete nobody is granted. */
function instanceActions(world: World, gate: SignalGate<IncomingSignal, SignalOutcome>): readonly Route[] {
  const act = (pattern: string, respond: Route['respond'], method = 'POST'): Route => ({
    method,
    pattern: `/Workflow/Instances/{id}${pattern}`,
    versions: [1],
    respond: respond,
  });
  return [
    act('/Signals', (call) => respondSignal(world, gate, call)),
    act('/Restart', (call) => respondRestart(world, call)),
    act('/Stop', (call) => respondStop(world, call)),
    act('', (call) => refuseDelete(world, call), 'DELETE'),
  ];
}

async function respondSignal(
  world: World,
  gate: SignalGate<IncomingSignal, SignalOutcome>,
  call: Call,
): Promise<Reply> {
  const body = readSignal(call.body, call.contentType, world.behaviour().approvedAs);
  const instance = instanceInPath(world, call.id);
  const signal: IncomingSignal = { ...body, instance: instance.id, identity: call.identity, via: 'api' };
  return toReply(world, signal, await gate.enter(signal));
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

function respondRestart(world: World, call: Call): Reply {
  requireAccess(call.identity, access.manage, access.readAll);
  const version = call.parameters.get('version') ?? '';
  if (version !== '' && !/^\d{1,9}$/.test(version))
    throw new Refusal(400, `The version '${version}' is not valid.`);
  const instance = instanceInPath(world, call.id);
  restartInstance(world, instance.id, call.identity.name, version === '' ? undefined : Number(version));
  return noContent;
}

function respondStop(world: World, call: Call): Reply {
  requireAccess(call.identity, access.manage);
  stopInstance(world, instanceInPath(world, call.id).id, call.identity.name);
  return noContent;
}

function refuseDelete(world: World, call: Call): Reply {
  world.audit('delete-refused', call.id, call.identity.name);
  throw new Refusal(world.behaviour().deleteStatus, 'Deleting workflow instances is not allowed here.');
}

/** A signal body that passed all checks which need no knowledge of the run. */
interface SignalBody {
  readonly key: string;
  readonly approved: boolean;
  readonly comment: string;
}

/** Longest comment, in UTF-16 code units. */
const longestComment = 500;

/** Reads the body of a signal call, or refuses with 400 (415 when it is not JSON at all). */
function readSignal(body: string, contentType: string, approvedAs: Behaviour['approvedAs']): SignalBody {
  if (!/[/+]json\b/i.test(contentType)) throw new Refusal(415, 'The media type is not supported.');
  const parsed = parse(body);
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

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Refusal(400, 'The request body is not valid JSON.');
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Creates the three lists of runs and the view of a single one. */
function instanceReads(world: World): readonly Route[] {
  const list = (
    path: string,
    wanted: string,
    isShown: (instance: Instance, caller: Identity) => boolean,
  ): Route => ({
    method: 'GET',
    pattern: `/Workflow/Instances${path}`,
    versions: [1],
    respond(call) {
      requireAccess(call.identity, wanted);
      const rows = [...world.instances.values()].filter((instance) => isShown(instance, call.identity));
      return respondPage(rows, instanceListing(world), pageRequest(world, call), (row) =>
        instanceRow(world, row),
      );
    },
  });
  return [
    list('', access.readAll, () => true),
    list('/AssignedToMe', access.readPending, (instance, caller) => waitsFor(world, instance, caller)),
    list('/My', access.readMine, isOwn),
    {
      method: 'GET',
      pattern: '/Workflow/Instances/{id}',
      versions: [1],
      respond: (call) => respondOne(world, call),
    },
  ];
}

/** Finds the run a path names; the number people see in the portal is no id. */
function instanceInPath(world: World, id: string): Instance {
  if (/^\d+$/.test(id)) throw new Refusal(400, `The value '${id}' is not valid.`);
  const instance = world.instances.get(id) ?? world.instances.get(id.toLowerCase());
  if (instance !== undefined) return instance;
  throw new Refusal(world.behaviour().unknownInstanceStatus, `Workflow instance ${id} was not found.`);
}

function respondOne(world: World, { identity, id }: Call): Reply {
  const narrow = holds(identity, access.readPending) || holds(identity, access.readMine);
  if (!narrow) requireAccess(identity, access.readAll);
  const instance = instanceInPath(world, id);
  if (!maySee(world, instance, identity)) {
    const status = world.behaviour().hiddenInstanceStatus;
    throw new Refusal(status, `User does not have access to workflow instance ${id}.`);
  }
  return json(instanceDetail(world, instance, identity.name));
}

function maySee(world: World, instance: Instance, caller: Identity): boolean {
  if (holds(caller, access.readAll)) return true;
  if (holds(caller, access.readPending) && waitsFor(world, instance, caller)) return true;
  return holds(caller, access.readMine) && isOwn(instance, caller);
}

function waitsFor(world: World, instance: Instance, caller: Identity): boolean {
  return isAssignedTo(instance, world.stepsOf(instance), caller);
}

function isOwn(instance: Instance, caller: Identity): boolean {
  return instance.initiator.toLowerCase() === caller.name.toLowerCase();
}

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

/** Refuses with 403 unless the caller holds every access string. */
function requireAccess(identity: Identity, ...wanted: readonly string[]): void {
  const missing = wanted.filter((string) => !holds(identity, string));
  if (missing.length === 0) return;
  throw new Refusal(403, `User does not have the required permissions: ${missing.join(', ')}.`);
}

/** Gathers what answering a list query depends on. */
function pageRequest(world: World, call: Call): PageRequest {
  return {
    parameters: call.parameters,
    seed: call.number,
    withTotalCount: world.behaviour().totalCountHeader,
    callerName: call.identity.name,
    nowMs: world.now(),
  };
}
