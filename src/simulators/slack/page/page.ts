import type { Answer, Api } from './api.js';
import { createConversation } from './conversation.js';
import { createMessageList } from './messages/message-list.js';
import { createModalStack } from './modal/modal-stack.js';
import type { ChangeEvent, ShownConversation, WorkspaceState } from './protocol.js';
import { createReader } from './reader.js';
import { createRefresher } from './refresher.js';
import { readRoute, routeLink } from './route.js';
import { createComposer } from './shell/composer.js';
import { createFrame } from './shell/frame.js';
import { toast } from './shell/toast.js';
import { createTrafficDrawer } from './shell/traffic.js';

/**
 * Puts the workspace on the screen and keeps it there: reads what changed, draws it, posts what the person does.
 *
 * The address holds who one is and which conversation is open; everything else is the workspace's.
 */
export function startPage(api: Api): void {
  let workspace: WorkspaceState | undefined;
  let isOnline = true;
  const opened = new Set<string>();

  const actingAs = (): string => workspace?.actingAs ?? '';
  const channel = (): ShownConversation | undefined => openConversation(workspace, location.hash);
  const report = async (answer: Promise<Answer>): Promise<Answer> => {
    const settled = await answer;
    if (settled.kind === 'refused') toast(sentence(settled.error), 'problem');
    return settled;
  };
  const post = (verb: string, body: object): Promise<Answer> => report(api.post(verb, body));
  const surroundings = () => ({
    reader: createReader(workspace),
    members: workspace?.members ?? [],
    conversations: workspace?.conversations ?? [],
    opened,
  });

  const list = createMessageList();
  const traffic = createTrafficDrawer(api);
  const composer = createComposer((text) => {
    return post('say', { as: actingAs(), channel: channel()?.id ?? '', text });
  });
  const modals = createModalStack({
    submit: (viewId, values) => void post('submit-view', { as: actingAs(), viewId, values }),
    close: (viewId) => void post('close-view', { as: actingAs(), viewId }),
    pressInView: (press) => void post('press-in-view', { as: actingAs(), ...press }),
    surroundings,
  });
  const frame = createFrame({ list: list.node, composer: composer.node, traffic });
  const conversation = createConversation({
    api,
    list,
    post,
    surroundings,
    workspace: () => workspace,
    channel,
  });

  const state = createRefresher(async () => {
    const wanted = readRoute(location.hash).actingAs;
    workspace = await api.state(wanted);
    if (readRoute(location.hash).actingAs !== wanted) return;
    frame.draw({ workspace, open: channel(), isOnline });
    composer.turnTo(composerPlace(workspace, channel()));
    modals.show(workspace.views);
    conversation.redraw();
  });
  const everything = async (): Promise<void> => {
    await state.run();
    await conversation.refresh();
    await traffic.refresh();
  };
  const onChange = (event: ChangeEvent): void => {
    if (event.kind === 'traffic') return void traffic.refresh();
    const isHere = event.channel === undefined || event.channel === channel()?.id;
    if (event.kind === 'messages' && isHere) void conversation.refresh();
    void state.run();
  };
  window.addEventListener('hashchange', () => void everything());
  document.addEventListener('visibilitychange', () => void conversation.refresh());
  api.listen({
    change: onChange,
    online(nowOnline) {
      isOnline = nowOnline;
      frame.draw({ workspace, open: channel(), isOnline });
      if (nowOnline) void everything();
    },
  });
  void everything();
}

function openConversation(
  workspace: WorkspaceState | undefined,
  hash: string,
): ShownConversation | undefined {
  const conversations = workspace?.conversations ?? [];
  const wanted = readRoute(hash).channel;
  const found = conversations.find((conversation) => conversation.id === wanted);
  return found ?? conversations.find((conversation) => conversation.isMember) ?? conversations[0];
}

function composerPlace(workspace: WorkspaceState, open: ShownConversation | undefined) {
  const me = workspace.members.find((member) => member.id === workspace.actingAs);
  const name = open?.kind === 'channel' ? `#${open.name}` : (open?.name ?? '');
  return {
    key: routeLink({ actingAs: workspace.actingAs, ...(open === undefined ? {} : { channel: open.id }) }),
    placeholder: `Message ${name}`,
    closedBecause: closedBecause(open, {
      name,
      isDeactivated: me?.isDeactivated === true,
      realName: me?.realName ?? '',
    }),
  };
}

function closedBecause(
  open: ShownConversation | undefined,
  { name, isDeactivated, realName }: { name: string; isDeactivated: boolean; realName: string },
): string | undefined {
  if (open === undefined) return 'There is no conversation to write in.';
  if (isDeactivated) return `The account of ${realName} is deactivated, so nothing can be written.`;
  if (open.isArchived) return `${name} is archived.`;
  return open.isMember ? undefined : `${realName} is not a member of ${name}.`;
}

/** Error codes such as `not_in_channel` are shown as they are, sentences too. */
function sentence(error: string): string {
  return error.includes(' ') ? error : `The workspace refused: ${error}`;
}
