import { el } from '../draw/dom.js';
import { icon } from '../draw/icons.js';
import type { ShownConversation, WorkspaceState } from '../protocol.js';
import { plainText } from '../text/inline.js';

/** Draws the name and topic of the open conversation. */
export function headerNodes(workspace: WorkspaceState, open: ShownConversation | undefined): readonly Node[] {
  if (open === undefined) return [el('h1', {}, 'No conversation')];
  const other = workspace.members.find((member) => member.id === open.withMember);
  const topic = plainText(open.topic || (other?.title ?? ''));
  return [
    el('h1', {}, open.kind === 'channel' && icon(open.isArchived ? 'archive' : 'hash'), open.name),
    ...(other?.isBot === true ? [el('span', { class: 'badge' }, 'APP')] : []),
    ...(open.isArchived ? [el('span', { class: 'badge' }, 'ARCHIVED')] : []),
    el('p', { class: 'topic', title: topic }, topic),
  ];
}

/** Says whether an app is listening to this workspace. */
export function connectionNode(workspace: WorkspaceState | undefined, isOnline: boolean): HTMLElement {
  const isConnected = isOnline && workspace?.appIsConnected === true;
  const name = workspace?.appName ?? 'App';
  const missing = isOnline ? `${name} is not connected` : 'Simulator not reachable';
  const text = isConnected ? `${name} connected` : missing;
  return el('span', { class: `connection ${isConnected ? 'is-on' : 'is-off'}`, role: 'status' }, text);
}
