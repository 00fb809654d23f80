import { recordOf, stringOf } from '../draw/json.js';
import type { ChangeEvent, ShownMessage, TrafficEntry, WorkspaceState } from '../protocol.js';

/** What became of something the person did. */
export type ApiResult = { readonly kind: 'done' } | { readonly kind: 'refused'; readonly error: string };

/** The verbs of the workspace, and what may be read from it. */
export interface Api {
  state(actingAs: string | undefined): Promise<WorkspaceState>;
  messages(actingAs: string, channel: string): Promise<readonly ShownMessage[]>;
  traffic(after: number): Promise<readonly TrafficEntry[]>;
  /** Never throws: a workspace that does not answer is a refusal too. */
  post(verb: string, body: object): Promise<ApiResult>;
  /** Reports every change, and whether the workspace is there to report any. */
  listen(on: { change(event: ChangeEvent): void; online(isOnline: boolean): void }): void;
}

/** Says in one sentence why the workspace would not answer. */
export class WorkspaceRefusal extends Error {}

const reconnectAfterMs = 1500;

/** Creates the page's connection to the workspace it was served from. */
export function createApi(): Api {
  return {
    state: (actingAs) => read<WorkspaceState>('state', actingAs === undefined ? {} : { as: actingAs }),
    messages: (actingAs, channel) => read<readonly ShownMessage[]>('messages', { as: actingAs, channel }),
    traffic: (after) => read<readonly TrafficEntry[]>('traffic', { after: String(after) }),
    post,
    listen,
  };
}

async function read<Result>(name: string, query: Readonly<Record<string, string>>): Promise<Result> {
  const response = await fetch(`/_sim/${name}?${new URLSearchParams(query).toString()}`);
  if (!response.ok) throw new WorkspaceRefusal(await refusalIn(response));
  return (await response.json()) as Result;
}

async function post(verb: string, body: object): Promise<ApiResult> {
  try {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`/_sim/${verb}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return response.ok ? { kind: 'done' } : { kind: 'refused', error: await refusalIn(response) };
  } catch {
    return { kind: 'refused', error: 'The simulated workspace does not answer.' };
  }
}

/** The sentence of a refusal, or its code when it comes without one. */
async function refusalIn(response: Response): Promise<string> {
  const { message, error } = recordOf(await response.json().catch(() => undefined));
  return stringOf(message) || stringOf(error) || `HTTP ${response.status}`;
}

function listen(on: { change(event: ChangeEvent): void; online(isOnline: boolean): void }): void {
  const source = new EventSource('/_sim/events');
  source.addEventListener('open', () => on.online(true));
  source.addEventListener('message', (event: MessageEvent<string>) => {
    on.change(JSON.parse(event.data) as ChangeEvent);
  });
  source.addEventListener('error', () => {
    on.online(false);
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(() => listen(on), reconnectAfterMs);
  });
}
