import type { Identity } from '../access/directory.js';
import { access, holds } from '../access/permissions.js';
import { isAssignedTo } from '../engine/apply-signal.js';
import type { Instance } from '../engine/model.js';
import { stepNamed } from '../engine/model.js';
import type { Field } from '../queries/match-query.js';
import type { Listing } from '../queries/paging.js';
import { answerPage } from '../queries/paging.js';
import type { Reply } from '../server/reply.js';
import { json, Refusal } from '../server/reply.js';
import { instanceDetail, instanceRow } from '../wire/instance-json.js';
import type { World } from '../world/world.js';
import type { Call, Route } from './route.js';
import { pageRequest, requireAccess } from './route.js';

/** Creates the three lists of runs and the view of a single one. */
export function instanceReads(world: World): readonly Route[] {
  const list = (
    path: string,
    wanted: string,
    isShown: (instance: Instance, caller: Identity) => boolean,
  ): Route => ({
    method: 'GET',
    pattern: `/Workflow/Instances${path}`,
    versions: [1],
    answer(call) {
      requireAccess(call.identity, wanted);
      const rows = [...world.instances.values()].filter((instance) => isShown(instance, call.identity));
      return answerPage(rows, listing(world), pageRequest(world, call), (row) => instanceRow(world, row));
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
      answer: (call) => answerOne(world, call),
    },
  ];
}

/** Finds the run a path names; the number people see in the portal is no id. */
export function instanceInPath(world: World, id: string): Instance {
  if (/^\d+$/.test(id)) throw new Refusal(400, `The value '${id}' is not valid.`);
  const instance = world.instances.get(id) ?? world.instances.get(id.toLowerCase());
  if (instance !== undefined) return instance;
  throw new Refusal(world.behaviour().unknownInstanceStatus, `Workflow instance ${id} was not found.`);
}

function answerOne(world: World, { identity, id }: Call): Reply {
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

function listing(world: World): Listing<Instance> {
  const text = (
    name: string,
    read: (instance: Instance) => string | null,
    isFilter = true,
  ): Field<Instance> => ({
    name,
    kind: 'text',
    read,
    isFilter,
  });
  const step = (instance: Instance) => stepNamed(world.stepsOf(instance), instance.stepName);
  const definition = (instance: Instance) => world.definitions.find(instance.definitionId);
  return {
    defaultSort: 'CurrentStepDisplayName',
    fields: [
      text('Id', ({ id }) => id),
      text('DefinitionId', ({ definitionId }) => definitionId),
      text('InitiatingUserName', ({ initiator }) => initiator),
      text('Status', ({ status }) => status),
      text('Title', ({ title }) => title),
      text('WorkflowType', (instance) => definition(instance)?.workflowType ?? null),
      text('CurrentStepDisplayName', (instance) => step(instance)?.displayName ?? null, false),
      text('CurrentStepUniqueName', ({ stepName }) => stepName, false),
      { name: 'ReferenceId', kind: 'number', read: ({ referenceId }) => referenceId, isFilter: true },
      { name: 'StartDate', kind: 'date', read: ({ startedAt }) => startedAt, isFilter: true },
      { name: 'LastModified', kind: 'date', read: ({ modifiedAt }) => modifiedAt, isFilter: true },
    ],
  };
}
