import type { WorkspaceState } from '../protocol.js';
import type { Reader } from '../text/text-nodes.js';

/** Creates what texts look names up in. */
export function createReader(workspace: WorkspaceState | undefined): Reader {
  return {
    actingAs: workspace?.actingAs ?? '',
    nowMs: workspace?.nowMs ?? 0,
    memberName: (id) => workspace?.members.find((member) => member.id === id)?.realName,
    groupHandle: (id) => workspace?.groups.find((group) => group.id === id)?.handle,
    channelName: (id) => workspace?.conversations.find((conversation) => conversation.id === id)?.name,
  };
}
