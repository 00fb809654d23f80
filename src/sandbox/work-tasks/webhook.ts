import { defined } from '../../shared/language.js';
import type { ExecutionRef } from './engine.js';
import type { World } from './world.js';

/** Writes what can be told about the sleeping activity of an execution: its outputs, who asked and whom to ask. */
export function hookBody(world: World, ref: ExecutionRef, more: Partial<HookBody> = {}): HookBody {
  const execution = world.known(ref);
  const run = execution.runs.findLast(({ status }) => status === 'S');
  const activity = world.activitiesOf(execution).find(({ name }) => name === run?.name);
  const approver = run?.workItems[0]?.actor;
  return {
    repository: execution.repository,
    workflow: execution.workflow,
    executionid: execution.id,
    requester: execution.initiator,
    ...(run === undefined ? {} : { executiondetailsid: run.executionDetailsId, activity: run.name }),
    ...defined({ outputs: activity?.outputs, approver }),
    ...more,
  };
}

/** What an Invoke Web API activity in front of a human step would tell the bot. */
export interface HookBody {
  readonly repository: string;
  readonly workflow: string;
  readonly executionid: number | string;
  /** Of the step to be answered; usually unknown to the designer at that moment. */
  readonly executiondetailsid?: number | string;
  /** Name of that step. */
  readonly activity?: string;
  readonly subject?: string;
  /** `provider::id`. */
  readonly requester?: string;
  /** `provider::id`. */
  readonly approver?: string;
  readonly outputs?: readonly (string | { readonly name: string; readonly verdict: string })[];
  readonly data?: unknown;
  /** Until when it is to be answered: ISO, with a zone or in UTC. */
  readonly due?: string;
  readonly links?: readonly { readonly title: string; readonly url: string }[];
  /** The designer's own name for this request. */
  readonly key?: string;
}

/** Sends what a designer's activity would send, and returns what it would see. */
export async function postToHook(post: {
  readonly url: string;
  /** Sent as a bearer token; absent sends none. */
  readonly secret?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** One of another shape is sent as it is, to see it refused. */
  readonly body: HookBody | Readonly<Record<string, unknown>> | string;
}): Promise<{ readonly status: number; readonly body: string }> {
  const { url, secret, headers, body } = post;
  const authorization = secret === undefined ? undefined : `Bearer ${secret}`;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...defined({ authorization }),
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  return { status: response.status, body: await response.text() };
}
