import type { Identity } from '../access/directory.js';
import { access, holds } from '../access/permissions.js';
import { isAssignedTo } from '../engine/apply-signal.js';
import type { Instance } from '../engine/model.js';
import { instanceListing } from '../queries/instance-listing.js';
import { respondPage } from '../queries/paging.js';
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
export function instanceInPath(world: World, id: string): Instance {
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
