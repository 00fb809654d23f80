import type { Change } from '../../../domain/change.js';
import type { ActingIdentity } from '../../../ports/operations.js';
import { assertNever } from '../../../shared/assert-never.js';
import type { CallName } from '../http/client.js';
import type { WorkTasksServer } from '../settings.js';
import { parseExecutionRef } from '../translate/execution-ref.js';
import { actingUser } from './acting-user.js';
import type { Plan, PlanContext, RefusedPlan } from './plan.js';
import { planStart } from './plan-start.js';

/** Works out the call a change takes. */
export function planChange(change: Change, as: ActingIdentity, context: PlanContext): Plan {
  const acting = actingUser(as, context.server.userTemplate);
  if (acting.kind === 'none') return refused(acting.said);
  switch (change.kind) {
    case 'execute':
      return planStart(change, acting.user, context);
    case 'alert':
      return planAlert(change, acting.user, context);
    case 'abort':
    case 'pause':
      return planControl(change, change.kind, { user: acting.user, context });
    case 'resume':
      return planControl(change, change.afterError ? 'resumeAfterError' : 'resume', {
        user: acting.user,
        context,
      });
    case 'restart':
    case 'stop':
      return refused(`there is no ${change.kind} in Work Tasks`);
    default:
      return assertNever(change);
  }
}

function planControl(
  { instance }: Extract<Change, { kind: 'abort' | 'pause' | 'resume' }>,
  call: CallName,
  { user, context }: { readonly user: string; readonly context: PlanContext },
): Plan {
  const ref = parseExecutionRef(instance.id);
  if (ref === undefined) return refused('that names no execution');
  const { server, repository } = context;
  const body = {
    repository: repository.repository,
    workflow: ref.workflow,
    executionid: idAs(server.ids, ref.executionId),
    user,
  };
  return { kind: 'send', call, body, confidential: [] };
}

function planAlert(
  { instance, activityId, output }: Extract<Change, { kind: 'alert' }>,
  user: string,
  { server, repository }: PlanContext,
): Plan {
  const ref = parseExecutionRef(instance.id);
  if (ref === undefined) return refused('that names no execution');
  if (!/^\d+$/.test(activityId)) return refused('the id of the activity has to be a number');
  const known = repository.workflows.find(({ name }) => name === ref.workflow);
  const outputs = known?.activities.flatMap((activity) => activity.outputs) ?? [];
  const label = labelFor(output, outputs);
  if (label === undefined) return refused(`the settings list no output ${output}`);
  const body = {
    repository: repository.repository,
    workflow: ref.workflow,
    executiondetailsid: idAs(server.ids, activityId),
    user,
    data: server.dataDefault,
    output: label,
    status: 'Completed',
  };
  return { kind: 'send', call: 'alert', body, confidential: [server.dataDefault] };
}

/** Spells an output as the settings do, since the server compares letter by letter. */
function labelFor(output: string, outputs: readonly string[]): string | undefined {
  if (outputs.length === 0 || outputs.includes(output)) return output;
  return outputs.find((label) => label.toLowerCase() === output.trim().toLowerCase());
}

function idAs(form: WorkTasksServer['ids'], id: string): string | number {
  return form === 'number' && /^\d{1,15}$/.test(id) ? Number(id) : id;
}

function refused(said: string): RefusedPlan {
  return { kind: 'refused', reason: 'not-sendable', said };
}
