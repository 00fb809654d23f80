import { workTasksServer } from '../../../../src/backends/work-tasks/settings.js';
import { createInboundRoute } from '../../../../src/backends/work-tasks/webhook.js';
import type { InboundRequest, InboundResult, WebRoute } from '../../../../src/ports/chat.js';

/** Secrets of the repositories HR and QA. */
export const hookSecrets = { hr: 'secret-of-hr-0123456789abc', qa: 'secret-of-qa-0123456789abc' };

/** A second secret of HR, which will replace the first. */
export const nextSecret = 'next-secret-of-hr-01234567';

/** As little as a workflow may tell. */
export const leastBody = { repository: 'HR', workflow: 'Leave WF', executionid: 1001, key: 'leave' };

/** A hook with a desk that writes down what it is asked. */
export interface Hook {
  readonly route: WebRoute;
  readonly asked: readonly InboundRequest[];
  /** What the desk will say from now on. */
  respondWith(response: InboundResult): void;
  /** Posts a body, as HR unless told, and gives what is answered. */
  post(
    body: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number; readonly said: unknown; readonly text: string }>;
}

/** Opens the hook of two repositories of one server; a third one has none. */
export function aHook(): Hook {
  const request: InboundRequest[] = [];
  let response: InboundResult = { kind: 'put', code: 'K7F3' };
  const workflows = [
    { name: 'Leave WF' },
    { name: 'Listed WF', activities: [{ name: 'Check', outputs: ['Fine', 'Not fine'] }] },
  ];
  const server = workTasksServer.parse({
    name: 'plant',
    baseUrl: 'https://worktasks.example.com/Workflow.WebAPI',
    auth: { kind: 'none' },
    repositories: [
      { repository: 'HR', hook: 'on', workflows },
      { repository: 'QA', hook: 'on' },
      { repository: 'Closed' },
    ],
  });
  const secrets = { hooks: { 'plant-hr': [hookSecrets.hr, nextSecret], 'plant-qa': [hookSecrets.qa] } };
  const route = createInboundRoute({
    servers: [{ server, secrets }],
    take: async (one) => {
      request.push(one);
      return response;
    },
  });
  if (!route) throw new Error('Two repositories have their hook on.');
  return {
    route,
    asked: request,
    respondWith(next) {
      response = next;
    },
    async post(body, headers = {}) {
      const given = await route.handle({
        headers: {
          'content-type': 'application/json; charset=utf-8',
          authorization: `Bearer ${hookSecrets.hr}`,
          ...headers,
        },
        query: new Map(),
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      const said: unknown = JSON.parse(given.body);
      return { status: given.status, said, text: `${given.body} ${given.refusal ?? ''}` };
    },
  };
}
