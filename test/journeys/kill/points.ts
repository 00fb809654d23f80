import type { FaultPlan, PlannedFault } from '../../../src/sandbox/slack/faults.js';
import type { Dice } from './dice.js';
import type { Ground } from './open-ground.js';

/** A point between two effects, at which everything stands still until the program is killed. */
export interface Point {
  readonly name: string;
  /** Set where it is killed before so much time has passed, whatever it is doing. */
  readonly withinMs?: number;
  /** Lets whatever comes to the point hang; gives what tells that it has. */
  arm(ground: Ground): () => boolean;
}

const slackMethods = ['chat.postMessage', 'chat.update', 'users.info', 'views.open'] as const;
const commandCalls = [
  { method: 'POST', path: '/Signals' },
  { method: 'GET', path: /\/Workflow\/Instances\/[0-9a-f-]{36}$/i },
  { method: 'GET', path: '/AssignedToMe' },
] as const;

/** Every named point: before a call has its effect, and after it before its answer. */
export const points: readonly Point[] = [
  ...slackMethods.flatMap((method) =>
    (['before', 'after'] as const).map(
      (when): Point => ({
        name: `${when} ${method}`,
        arm({ slack }) {
          const planned = slack.fail({ method, fault: `timeout-${when}-effect` });
          return () => planned.remaining() === 0;
        },
      }),
    ),
  ),
  ...commandCalls.flatMap(({ method, path }) =>
    (['before', 'after'] as const).map(
      (when): Point => ({
        name: `${when} ${method} ${path}`,
        arm({ command }) {
          const seen = command.requests.length;
          command.fail({ method, path, fault: `hang-${when}-effect` });
          return () => command.requests.slice(seen).some(({ status }) => status === 'none');
        },
      }),
    ),
  ),
  ...(['before', 'after'] as const).map(
    (when): Point => ({
      name: `${when} AlertEngine`,
      arm({ workTasks }) {
        const seen = workTasks.requests.length;
        workTasks.fail({ method: 'POST', path: 'AlertEngine', fault: `hang-${when}-effect` });
        return () => workTasks.requests.slice(seen).some(({ status }) => status === 'none');
      },
    }),
  ),
  { name: 'as a workflow tells that it waits', withinMs: 60, arm: () => () => false },
  { name: 'any moment', withinMs: 4_000, arm: () => () => false },
];

/** What Slack, or whatever stands between, says instead of what was wanted. */
const hostile: readonly Omit<FaultPlan, 'method'>[] = [
  { fault: 'word_of_next_year' },
  { fault: 'fatal_error' },
  { fault: 'http-500' },
  { fault: 'ratelimited', retryAfterS: 1 },
  { fault: 'drop-connection' },
  { fault: 'drop-after-effect' },
  { fault: 'timeout-before-effect' },
  { fault: 'timeout-after-effect' },
  { fault: 'response', response: { status: 502, body: '<html>Bad Gateway</html>' } },
  { fault: 'response', response: { status: 403, body: '<html>Blocked by policy</html>' } },
  { fault: 'response', response: { status: 200, body: '<html>Please sign in</html>' } },
  { fault: 'response', response: { status: 200, body: '{"ok":tr' } },
  { fault: 'response', response: { status: 200, body: '[]' } },
];

/** What every round calls often, and what it calls now and then. */
const often = ['chat.postMessage', 'chat.update', 'users.info'] as const;
const seldom = ['views.open', 'chat.postEphemeral', 'response_url'] as const;

/** Mixes hostile answers of Slack in among the good ones; gives what is left of them, to be called off. */
export function mixHostileReplies({ slack }: Ground, dice: Dice): readonly PlannedFault[] {
  return [...often, ...often, ...seldom].map((method) => slack.fail({ method, ...dice.oneOf(hostile) }));
}
