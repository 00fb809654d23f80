import { createConversation } from './messages/conversation.js';
import { createMessageList } from './messages/message-list.js';
import { createModalStack } from './modal/modal-stack.js';
import type { ChangeEvent, ShownConversation, WorkspaceState } from './protocol.js';
import type { Api } from './session/api.js';
import { createRefresher } from './session/refresher.js';
import { routeLink } from './session/route.js';
import { createSession } from './session/session.js';
import type { ComposerPlace } from './shell/composer.js';
import { createComposer } from './shell/composer.js';
import { createFrame } from './shell/frame.js';
import { createTrafficDrawer } from './traffic/traffic-drawer.js';

/**
 * Puts the workspace on the screen and keeps it there: reads what changed, draws it, posts what the person does.
 *
 * The address holds who one is and which conversation is open; everything else is the workspace's.
 */
export function startPage(api: Api): void {
  let isOnline = true;
  const session = createSession(api);
  const list = createMessageList();
  const traffic = createTrafficDrawer(api);
  const composer = createComposer((text) =>
    session.post('say', { channel: session.channel()?.id ?? '', text }),
  );
  const modals = createModalStack(session);
  const frame = createFrame({ list: list.node, composer: composer.node, traffic });
  const conversation = createConversation({ api, list, session });
  const drawFrame = (): void => {
    frame.draw({ workspace: session.workspace(), open: session.channel(), isOnline });
  };
  const state = createRefresher(async () => {
    const workspace = await session.read();
    if (workspace === undefined) return;
    drawFrame();
    composer.turnTo(composerPlace(workspace, session.channel()));
    modals.show(workspace.views);
    conversation.redraw();
    await conversation.markRead();
  });
  const everything = async (): Promise<void> => {
    await state.run();
    await Promise.all([conversation.refresh(), traffic.refresh()]);
  };
  const change = (event: ChangeEvent): void => {
    const isHere = event.channel === undefined || event.channel === session.channel()?.id;
    if (event.kind === 'messages' && isHere) void conversation.refresh();
    void (event.kind === 'traffic' ? traffic.refresh() : state.run());
  };
  const online = (isNowOnline: boolean): void => {
    if (!isNowOnline) traffic.reset();
    isOnline = isNowOnline;
    drawFrame();
    if (isOnline) void everything();
  };
  window.addEventListener('hashchange', () => void everything());
  document.addEventListener('visibilitychange', () => void conversation.markRead());
  api.listen({ change, online });
}

function composerPlace(workspace: WorkspaceState, open: ShownConversation | undefined): ComposerPlace {
  const name = open?.kind === 'channel' ? `#${open.name}` : (open?.name ?? '');
  return {
    key: routeLink({ actingAs: workspace.actingAs, ...(open === undefined ? {} : { channel: open.id }) }),
    placeholder: `Message ${name}`,
    closedBecause: closedBecause(workspace, open, name),
  };
}

function closedBecause(
  workspace: WorkspaceState,
  open: ShownConversation | undefined,
  name: string,
): string | undefined {
  if (open === undefined) return 'There is no conversation to write in.';
  if (open.isArchived) return `${name} is archived.`;
  if (open.isMember) return undefined;
  const me = workspace.members.find((member) => member.id === workspace.actingAs);
  return `${me?.realName ?? 'This person'} is not a member of ${name}.`;
}
