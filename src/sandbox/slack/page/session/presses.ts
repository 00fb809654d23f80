import type { ClickRequest, ShownMessage } from '../protocol.js';
import { toast } from '../shell/toast.js';
import type { ApiResult } from './api.js';
import type { Session } from './session.js';

/** Presses that are on their way to the workspace. */
export interface Clicks {
  click(request: ClickRequest): Promise<ApiResult>;
  /** Presses at the same moment, and says so once the workspace took every press. */
  clickTogether(requests: readonly ClickRequest[]): Promise<void>;
  isBusy(message: ShownMessage, actionId: string): boolean;
  /** The presses under way in a message, as a text that changes with them. */
  signatureOf(message: ShownMessage): string;
}

/** Creates the hand that presses; `changed` is called whenever a press begins or ends. */
export function createClicks(session: Session, changed: () => void): Clicks {
  const underWay = new Map<string, number>();
  const count = (key: string, change: 1 | -1): void => {
    underWay.set(key, (underWay.get(key) ?? 0) + change);
    if (underWay.get(key) === 0) underWay.delete(key);
    changed();
  };
  const click = async (request: ClickRequest): Promise<ApiResult> => {
    const key = `${request.ts} ${request.actionId}`;
    count(key, 1);
    const result = await session.post('press', request);
    count(key, -1);
    return result;
  };
  return {
    click,
    async clickTogether(requests) {
      const results = await Promise.all(requests.map(click));
      if (results.every((result) => result.kind === 'done')) toast(afterBoth(session, requests));
    },
    isBusy: (message, actionId) =>
      message.busyActions.includes(actionId) || underWay.has(`${message.ts} ${actionId}`),
    signatureOf: ({ ts }) => [...underWay.keys()].filter((key) => key.startsWith(`${ts} `)).join(),
  };
}

/** A private answer to somebody else is easily missed, so the person is told where it is. */
function afterBoth(session: Session, requests: readonly ClickRequest[]): string {
  const { reader } = session.blockContext();
  const other = requests.find((request) => request.as !== reader.actingAs)?.as;
  if (other === undefined) return 'Both presses were delivered.';
  const name = reader.memberName(other) ?? other;
  return `Both presses were delivered. Act as ${name} to see what that person was told.`;
}
