import { assertNever } from '../../../shared/assert-never.js';
import { access } from '../access/permissions.js';
import type { Reply } from '../server/reply.js';
import { noContent, Refusal } from '../server/reply.js';
import type { IncomingSignal, SignalOutcome } from '../world/handle-signals.js';
import { seen } from '../world/handle-signals.js';
import { restartInstance, stopInstance } from '../world/lifecycle.js';
import type { SignalGate } from '../world/signal-gate.js';
import type { World } from '../world/world.js';
import { instanceInPath } from './instance-reads.js';
import { readSignal } from './read-signal.js';
import type { Call, Route } from './route.js';
import { requireAccess } from './route.js';

/** Creates the calls that change a run: signal, restart, stop, and the delete nobody is granted. */
export function instanceActions(
  world: World,
  gate: SignalGate<IncomingSignal, SignalOutcome>,
): readonly Route[] {
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
