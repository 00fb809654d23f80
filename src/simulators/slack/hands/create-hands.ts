import type { AckResult } from '../delivery/deliver.js';
import type { DisconnectReason } from '../delivery/socket-mode.js';
import { slackView } from '../payloads/slack-view.js';
import type { JsonObject } from '../wire/json-object.js';
import type { World } from '../world.js';
import { createAdminControls } from './admin-hands.js';
import type { Connection } from './connection.js';
import { actingMember } from './present.js';
import { click } from './press.js';
import { runCommand } from './run-command.js';
import { say } from './say.js';
import { openView, shownMessage, shownMessages, workspaceState } from './shown.js';
import { submitView } from './views/submit-view.js';
import { clickInView, closeView } from './views/use-view.js';
import type { WorkspaceControls } from './workspace-hands.js';

/** Creates everything people can do in a workspace. */
export function createControls(options: {
  readonly world: World;
  readonly connection: Connection;
  readonly deliverEvent: (event: JsonObject) => Promise<AckResult>;
  readonly isConnected: () => boolean;
  readonly disconnect: (reason: DisconnectReason) => void;
}): WorkspaceControls {
  const { world, connection, deliverEvent } = options;
  return {
    ...createAdminControls(world),
    ...createEyes(world, options.isConnected),
    click: (request) => click(world, connection, request),
    submitView: (request) => submitView(world, connection, request),
    closeView: (request) => closeView(world, connection, request),
    clickInView: (request) => clickInView(world, connection, request),
    command: (request) => runCommand(world, connection, request),
    say(request) {
      const message = say(world, request);
      const channelType = world.conversations.find(request.channel)?.kind === 'im' ? 'im' : 'channel';
      const subscription = channelType === 'im' ? 'message.im' : 'message.channels';
      if (world.settings.subscribedEvents.includes(subscription)) {
        const { channel, author: user, text, ts } = message;
        void deliverEvent({ type: 'message', channel, channel_type: channelType, user, text, ts });
      }
      return shownMessage(world, message);
    },
    read({ as, channel }) {
      const last = world.messages.in(channel).at(-1);
      if (last === undefined) return;
      world.readMarks.set(as, channel, last.ts);
      world.changes.emit({ kind: 'state', member: as });
    },
    openHome(member) {
      const view = world.views.home(actingMember(world, member).id);
      const channel = world.conversations.openIm(member).id;
      const seen = view === undefined ? {} : { view: slackView(world, view) };
      return deliverEvent({ type: 'app_home_opened', user: member, channel, tab: 'home', ...seen });
    },
    event: deliverEvent,
    fail: (plan) => world.faults.plan(plan),
    disconnectSockets: options.disconnect,
  };
}

type Eyes = Pick<
  WorkspaceControls,
  'messages' | 'message' | 'thread' | 'views' | 'home' | 'state' | 'waitFor' | 'waitForMessage'
>;

function createEyes(world: World, isConnected: () => boolean): Eyes {
  const everyMessage = () =>
    world.conversations
      .all()
      .flatMap(({ id }) => world.messages.in(id))
      .map((message) => shownMessage(world, message));
  return {
    messages: (channel, as) => shownMessages(world, channel, as),
    message(channel, ts) {
      const message = world.messages.find(channel, ts);
      return message === undefined ? undefined : shownMessage(world, message);
    },
    thread: (channel, ts) =>
      world.messages.inThread({ channel, ts }).map((message) => shownMessage(world, message)),
    views: (member) => world.views.stack(member).map(openView),
    home(member) {
      const home = world.views.home(member);
      return home === undefined ? undefined : openView(home);
    },
    state: (as) => workspaceState(world, as, isConnected()),
    waitFor: (read, wait) => world.changes.waitFor(read, wait),
    waitForMessage: (fits, wait) =>
      world.changes.waitFor(() => everyMessage().find(fits), { whatFor: 'a message', ...wait }),
  };
}
