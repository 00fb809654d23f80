import type { BlockScope } from '../blocks/scope.js';
import type { ShownConversation, WorkspaceState } from '../protocol.js';
import { toast } from '../shell/toast.js';
import type { Api, ApiResult } from './api.js';
import { WorkspaceRefusal } from './api.js';
import { createReader } from './reader.js';
import type { Route } from './route.js';
import { readRoute, routeLink } from './route.js';

/** What blocks need besides the message or modal they stand in. */
type BlockContext = Pick<BlockScope, 'reader' | 'members' | 'conversations' | 'opened'>;

/** Who is at the screen, where, and what the workspace last said about both. */
export interface Session {
  workspace(): WorkspaceState | undefined;
  actingAs(): string;
  channel(): ShownConversation | undefined;
  blockContext(): BlockContext;
  /** Does something as the person at the screen; a refusal is also said on the page. */
  post(verb: string, body: object): Promise<ApiResult>;
  /** Reads the workspace again; undefined when the answer is for somebody one no longer is. */
  read(): Promise<WorkspaceState | undefined>;
}

/** Creates the session of the person and conversation in the page's address. */
export function createSession(api: Api): Session {
  let workspace: WorkspaceState | undefined;
  const opened = new Set<string>();
  return {
    workspace: () => workspace,
    actingAs: () => workspace?.actingAs ?? '',
    channel: () => openConversation(workspace, readRoute(location.hash).channel),
    blockContext: () => ({
      reader: createReader(workspace),
      members: workspace?.members ?? [],
      conversations: workspace?.conversations ?? [],
      opened,
    }),
    async post(verb, body) {
      const result = await api.post(verb, { as: workspace?.actingAs ?? '', ...body });
      if (result.kind === 'refused') toast(result.error, 'problem');
      return result;
    },
    async read() {
      const wanted = readRoute(location.hash).actingAs;
      const state = await api.state(wanted).catch((error: unknown) => {
        if (!(error instanceof WorkspaceRefusal)) throw error;
        toast(error.message, 'problem');
        if (wanted !== undefined) location.replace(routeLink(wayBack(workspace, wanted)));
        return undefined;
      });
      if (state === undefined || readRoute(location.hash).actingAs !== wanted) return undefined;
      workspace = state;
      return state;
    },
  };
}

/** Nobody can be a person whom the workspace refuses, so the page goes back to whoever it was before. */
function wayBack(before: WorkspaceState | undefined, refused: string): Route {
  return before === undefined || before.actingAs === refused ? {} : { actingAs: before.actingAs };
}

function openConversation(
  workspace: WorkspaceState | undefined,
  wanted: string | undefined,
): ShownConversation | undefined {
  const conversations = workspace?.conversations ?? [];
  const found = conversations.find((conversation) => conversation.id === wanted);
  return found ?? conversations.find((conversation) => conversation.isMember) ?? conversations[0];
}
