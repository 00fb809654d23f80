import type { RunAfter } from '../../support/promises.js';
import { serviceAccount } from '../../support/stage/personas.js';
import type { InboundRun, Subject } from './check-outcome.js';
import type { Ground } from './open-ground.js';

/** Tells what a run is like in its system, and what of ours that has taken. */
export function runAfter(ground: Ground, { id, told: inbound }: Subject): RunAfter {
  return inbound ? inboundRunAfter(ground, id, inbound) : commandRunAfter(ground, id);
}

function commandRunAfter({ command }: Ground, id: string): RunAfter {
  const ours = command.effectiveSignals.filter(
    (one) => one.instance === id && one.identity === serviceAccount.name,
  );
  return {
    id,
    isWaiting: command.instance(id).status === 'Suspended',
    taken: ours.map(({ step, identity }) => `${step} ${identity}`),
    verdicts: ours.map(({ approved }) => (approved ? 'approve' : 'deny')),
  };
}

/** Whatever was sent counts, even what never had an effect: nobody can know that it had none. */
function inboundRunAfter({ workTasks }: Ground, id: string, { execution, detailsId }: InboundRun): RunAfter {
  const sent = workTasks.requests
    .filter(({ path }) => /AlertEngine$/i.test(path))
    .map((request) => Object.values(request.sent).map(String))
    .filter((values) => values.includes(detailsId));
  return {
    id,
    isWaiting: workTasks.sleepingAt(execution) !== undefined,
    taken: sent.map(() => detailsId),
    verdicts: sent.map((values) => (values.includes('Approved') ? 'approve' : 'deny')),
  };
}
