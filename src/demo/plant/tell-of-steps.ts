import type { Execution } from '../../simulators/work-tasks/engine/model.js';
import type { HookBody } from '../../simulators/work-tasks/hook/post-to-hook.js';
import type { WorkTasks } from '../../simulators/work-tasks/work-tasks.js';
import type { Every } from '../keep-life-going.js';
import { hookSecret } from './plant-settings.js';

/** What it takes to let workflows speak. */
export interface Play {
  readonly workTasks: WorkTasks;
  /** Address of the bot's public listener; undefined while there is none to be reached. */
  readonly botUrl: () => string | undefined;
  readonly every: Every;
}

const periodMs = 300;

/**
 * Lets workflows tell the bot that a step of theirs waits for people, as an activity of theirs would.
 *
 * What was told is not told again, also after the bot has started anew. Returns what ends it, which waits for what
 * is being told: a bot that is stopped before it would refuse that.
 */
export function postSteps({ workTasks, botUrl, every }: Play): () => Promise<void> {
  const reported = new Set<number>();
  const send = async () => {
    for (const execution of workTasks.executions()) {
      const at = botUrl();
      const activityId = workTasks.sleepingAt(execution)?.executionDetailsId;
      const body = bodyOf(workTasks, execution);
      if (activityId === undefined || reported.has(activityId) || !body || at === undefined) continue;
      const url = `${at}/hooks/work-tasks/approvals`;
      const { status } = await workTasks.postToHook({ url, secret: hookSecret, body });
      if (status >= 300) throw new Error(`The hook refused what ${execution.workflow} told, with ${status}`);
      reported.add(activityId);
    }
  };
  let sending = Promise.resolve();
  const end = every(periodMs, () => {
    sending = send();
    return sending;
  });
  return async () => {
    end();
    await Promise.allSettled([sending]);
  };
}

/** Says what a workflow tells of the activity it waits at; undefined for one that leaves it to the inbox. */
function bodyOf(workTasks: WorkTasks, execution: Execution): HookBody | undefined {
  const { initiator, variables } = execution;
  const data = variables.flatMap(({ name, value }) => (value === null ? [] : [{ name, value }]));
  const reported = workTasks.hookBody(execution, { data });
  const who = initiator.split('::')[1] ?? initiator;
  switch (workTasks.sleepingAt(execution)?.name) {
    case 'Manager approval':
      return { ...reported, subject: `Leave of ${who}` };
    case 'Buyer approval': {
      // This designer's activity runs before the step does, when nobody knows the step's id yet.
      const { executiondetailsid: _unknown, ...early } = reported;
      return { ...early, subject: `Purchase by ${who}`, key: 'buyer-approval' };
    }
    default:
      return undefined;
  }
}
