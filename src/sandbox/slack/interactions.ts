import { defined } from '../../shared/language.js';
import { isObject, type JsonObject, objectAt, objectsAt, SlackRefusal, textAt } from './api-method.js';
import { messageContent, postAsApp } from './chat.js';
import {
  type AckResult,
  type Connection,
  type Envelope,
  failureSentence,
  type Outcome,
  outcomeOf,
} from './connection.js';
import { findElements, mergeState, type PlacedElement, type StateValues, stateFieldOf } from './elements.js';
import type {
  ClickInViewRequest,
  ClickRequest,
  CloseViewRequest,
  OpenView,
  SayRequest,
  ShownConversation,
  ShownMessage,
  SubmitViewRequest,
  WorkspaceState,
} from './page/protocol.js';
import {
  blockActionsInMessage,
  blockActionsInView,
  commandPayload,
  elementStateAfter,
  escapeMentions,
  viewClosed,
  viewSubmission,
} from './payloads.js';
import type { Conversation, ShownView, StoredMessage, WorkspaceMember } from './state.js';
import { checkedView } from './views.js';
import type { World } from './world.js';

/** The hands of the people in a workspace: what they press, enter, type and say. */
export class Interactions {
  protected readonly world: World;
  readonly #connection: Connection;

  constructor(world: World, connection: Connection) {
    this.world = world;
    this.#connection = connection;
  }

  /** Presses an element of a message and resolves once the app acknowledged or failed to. */
  async click(request: MessageClick): Promise<Outcome> {
    const { world } = this;
    const member = actingMember(world, request.as);
    const message = visibleMessage(world, request);
    const channel = knownConversation(world, request.channel);
    const placed = elementIn(request.from ?? message.blocks, request);
    const { actionId } = placed;
    const triggerId = world.triggers.mint({ member: member.id });
    const target = {
      kind: 'message',
      channel: channel.id,
      member: member.id,
      messageTs: message.ts,
    } as const;
    const responseUrl = this.#connection.absolute(world.responseUrls.mint(target));
    const use = { member, placed, value: request.value, triggerId, message, channel, responseUrl };
    const payload = blockActionsInMessage(world, use);
    world.messages.change(channel.id, message.ts, ({ warning: _gone, ...shown }) => {
      return { ...shown, busyActions: [...shown.busyActions, actionId] };
    });
    const result = await this.#deliver('interactive', payload);
    const warning = failureSentence(world.settings.app.appName, result);
    world.messages.change(channel.id, message.ts, (shown) => {
      const at = shown.busyActions.indexOf(actionId);
      const busyActions = shown.busyActions.filter((_action, index) => index !== at);
      return { ...shown, busyActions, ...defined({ warning }) };
    });
    return outcomeOf(result, triggerId);
  }

  /** Presses an element inside a modal or Home tab. */
  async clickInView(
    request: Omit<ClickInViewRequest, 'blockId'> & {
      readonly blockId?: string;
      /** That of the content the person still sees, where a newer one is on its way to them. */
      readonly hash?: string;
    },
  ): Promise<Outcome> {
    const { world } = this;
    const member = actingMember(world, request.as);
    const now = seenView(world, request);
    const before = { ...now, hash: request.hash ?? now.hash };
    const placed = elementIn(objectsAt(before.view, 'blocks'), request);
    const after: JsonObject | undefined = elementStateAfter(placed.element, request.value);
    const entered = mergeState(before.state, request.values ?? {});
    const state =
      after === undefined ? entered : mergeState(entered, { [placed.blockId]: { [placed.actionId]: after } });
    world.views.change(before.id, { state });
    const triggerId = world.triggers.mint({ member: member.id, viewId: before.id });
    const use = { member, placed, value: request.value, triggerId, shown: { ...before, state } };
    const result = await this.#deliver('interactive', blockActionsInView(world, use));
    const warning = failureSentence(world.settings.app.appName, result);
    if (warning !== undefined) world.views.change(before.id, { warning });
    return outcomeOf(result, triggerId);
  }

  /** Submits the modal and resolves once the app's answer was applied. */
  async submitView(request: SubmitViewRequest): Promise<Submission> {
    const { world } = this;
    const member = actingMember(world, request.as);
    const before = modalOnTop(world, request);
    const state = mergeState(before.state, request.values);
    const errors = inputErrors(before.view, state);
    const isHeldBack = Object.keys(errors).length > 0;
    world.views.change(before.id, { state, errors, isSubmitting: !isHeldBack, warning: undefined });
    if (isHeldBack) return { acked: false, triggerId: '', result: 'held-back', errors };
    const triggerId = world.triggers.mint({ member: member.id, viewId: before.id });
    const payload = viewSubmission(world, { member, shown: { ...before, state }, triggerId });
    const result = await this.#deliver('interactive', payload, true);
    world.views.change(before.id, { isSubmitting: false });
    return { ...outcomeOf(result, triggerId), ...settle(world, before, result) };
  }

  /** Closes a modal; with `clear_on_close` the whole stack. The app hears of it only if it asked to. */
  async closeView(request: CloseViewRequest): Promise<void> {
    const { views } = this.world;
    const member = actingMember(this.world, request.as);
    const shown = seenView(this.world, request);
    const isCleared = shown.view.clear_on_close === true;
    const gone = isCleared ? [...views.stack(request.as)].reverse() : [shown];
    if (isCleared) views.clear(request.as);
    else views.close(shown.id);
    for (const one of gone.filter(({ view }) => view.notify_on_close === true)) {
      await this.#deliver('interactive', viewClosed(this.world, { member, shown: one, isCleared }));
    }
  }

  /** Types a slash command and resolves once the app acknowledged; its immediate answer is posted. */
  async command(request: CommandRequest): Promise<Outcome> {
    const { world } = this;
    const { command, text: typed = '' } = request;
    const member = actingMember(world, request.as);
    const channel = knownConversation(world, request.channel);
    const registered = world.settings.commands.find((one) => one.command === command);
    if (registered === undefined) {
      sayAsSlackbot(world, request, `${command} is not a valid command.`);
      return { acked: false, triggerId: '', reason: 'unknown-command' };
    }
    const text = registered.shouldEscape ? escapeMentions(world, typed) : typed;
    const triggerId = world.triggers.mint({ member: member.id });
    const path = world.responseUrls.mint({ kind: 'command', channel: channel.id, member: member.id });
    const responseUrl = this.#connection.absolute(path);
    const payload = commandPayload(world, { member, channel, command, text, triggerId, responseUrl });
    const result = await this.#deliver('slash_commands', payload, true);
    showCommandReply(world, request, result);
    return outcomeOf(result, triggerId);
  }

  /** Posts what a member says; throws when the member is not in the channel or it is archived. */
  protected post(request: SayRequest & { readonly threadTs?: string }): StoredMessage {
    const member = actingMember(this.world, request.as);
    const channel = knownConversation(this.world, request.channel);
    if (!channel.members.has(member.id)) {
      throw new ImpossibleRequest('not_in_channel', `${member.id} is not in ${channel.id}`);
    }
    if (channel.isArchived) throw new ImpossibleRequest('is_archived', `${channel.id} is archived`);
    if (request.text === '') throw new ImpossibleRequest('no_text', 'Nothing was said');
    return addText(this.world, { author: member.id, ...request });
  }

  #deliver(kind: Envelope['kind'], payload: JsonObject, acceptsResponse = false): Promise<AckResult> {
    return this.#connection.deliver({ kind, payload, acceptsResponse });
  }
}

/** A slash command as a member types it. */
export interface CommandRequest {
  readonly as: string;
  readonly channel: string;
  /** With its slash, such as `/workflow`. */
  readonly command: string;
  readonly text?: string;
}

/** A press in a message; `from` are remembered blocks, for pressing what is no longer there. */
export type MessageClick = Omit<ClickRequest, 'blockId'> & {
  /** Needed only where two blocks share an action id. */
  readonly blockId?: string;
  readonly from?: readonly JsonObject[];
};

/** What became of a submitted modal. */
export type Submission = Outcome & {
  /**
   * `held-back`: Slack itself refused the input and the app never heard of it. `failed`: not acknowledged, or
   * with an answer Slack cannot use; the modal stays open.
   */
  readonly result: 'closed' | 'errors' | 'updated' | 'pushed' | 'cleared' | 'failed' | 'held-back';
  readonly errors: Readonly<Record<string, string>>;
};

/** Says that a hand asked for what no person could do; `code` also answers the page. */
export class ImpossibleRequest extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'ImpossibleRequest';
    this.code = code;
  }
}

/** Finds a member who can act; throws when there is none or the account is switched off. */
export function actingMember(world: World, id: string): WorkspaceMember {
  const member = world.directory.find(id);
  if (member === undefined) throw new ImpossibleRequest('user_not_found', `There is no member ${id}`);
  if (member.isDeactivated) throw new ImpossibleRequest('user_disabled', `${id} is deactivated`);
  return member;
}

/** Finds a conversation; throws when there is none. */
export function knownConversation(world: World, id: string): Conversation {
  const conversation = world.conversations.find(id);
  if (conversation === undefined)
    throw new ImpossibleRequest('channel_not_found', `There is no channel ${id}`);
  return conversation;
}

/** Finds a message this member sees; throws when it is gone, somebody else's, or in a foreign channel. */
function visibleMessage(
  world: World,
  request: { readonly as: string; readonly channel: string; readonly ts: string },
): StoredMessage {
  const conversation = knownConversation(world, request.channel);
  if (!conversation.members.has(request.as)) {
    throw new ImpossibleRequest('not_in_channel', `${request.as} is not in ${request.channel}`);
  }
  const message = world.messages.find(request.channel, request.ts);
  if (message === undefined || (message.visibleTo ?? request.as) !== request.as) {
    throw new ImpossibleRequest('message_not_found', `${request.as} sees no message ${request.ts}`);
  }
  return message;
}

/** Finds the element a person would press; throws when there is none. */
function elementIn(
  blocks: readonly JsonObject[],
  request: { readonly blockId?: string; readonly actionId: string },
): PlacedElement {
  const placed = findElements(blocks).find(
    ({ blockId, actionId }) =>
      actionId === request.actionId && (request.blockId === undefined || blockId === request.blockId),
  );
  if (placed !== undefined) return placed;
  const where = request.blockId === undefined ? '' : ` in block ${request.blockId}`;
  throw new ImpossibleRequest('element_not_found', `There is no element ${request.actionId}${where}`);
}

function showCommandReply(world: World, request: CommandRequest, result: AckResult): void {
  const fail = (code: string) =>
    sayAsSlackbot(world, request, `${request.command} failed with the error "${code}"`);
  if (result.kind === 'not-acked') {
    fail(result.reason === 'timeout' ? 'operation_timeout' : 'dispatch_failed');
    return;
  }
  const { body } = result;
  if (!isObject(body) || Object.keys(body).length === 0) return;
  try {
    const visibleTo = body.response_type === 'in_channel' ? undefined : request.as;
    postAsApp(world, { channel: request.channel, content: messageContent(world, body), visibleTo });
  } catch (error) {
    if (!(error instanceof SlackRefusal)) throw error;
    fail(error.code);
  }
}

/** Speaks as Slackbot, to the one who typed. */
function sayAsSlackbot(world: World, { channel, as }: CommandRequest, text: string): void {
  addText(world, { author: 'USLACKBOT', channel, text, visibleTo: as });
}

function addText(
  world: World,
  said: Pick<StoredMessage, 'author' | 'channel' | 'text' | 'threadTs' | 'visibleTo'>,
): StoredMessage {
  const { author, channel, text, threadTs, visibleTo } = said;
  return world.messages.add({
    ts: world.ids.nextTs(),
    channel,
    author,
    isFromApp: false,
    text,
    blocks: [],
    attachments: [],
    sentMs: world.now(),
    busyActions: [],
    ...defined({ threadTs, visibleTo }),
  });
}

function seenView(world: World, request: { readonly as: string; readonly viewId: string }): ShownView {
  const shown = world.views.find(request.viewId);
  if (shown === undefined || shown.owner !== request.as) throw unseenView(request);
  return shown;
}

function unseenView({ as, viewId }: { readonly as: string; readonly viewId: string }): ImpossibleRequest {
  return new ImpossibleRequest('view_not_found', `${as} does not see the view ${viewId}`);
}

function modalOnTop(world: World, request: SubmitViewRequest): ShownView {
  const shown = seenView(world, request);
  if (world.views.stack(request.as).at(-1) !== shown) throw unseenView(request);
  if (shown.view.submit === undefined || shown.view.submit === null) {
    throw new ImpossibleRequest('no_submit', `The view ${request.viewId} has no submit button`);
  }
  return shown;
}

type Applied = Pick<Submission, 'result' | 'errors'>;

/**
 * Does to the screen what the app answered to a submitted modal: nothing closes it, `errors` keeps it open,
 * `update`, `push` and `clear` change the stack. An answer Slack cannot use keeps it open with a warning.
 */
function applyViewResponse(world: World, shown: ShownView, body: unknown): Applied {
  if (!isObject(body) || body.response_action === undefined) {
    world.views.close(shown.id);
    return { result: 'closed', errors: {} };
  }
  try {
    return applyAction(world, shown, body);
  } catch (error) {
    if (!(error instanceof SlackRefusal)) throw error;
    return fail(world, shown, error.code);
  }
}

function applyAction(world: World, shown: ShownView, body: JsonObject): Applied {
  switch (body.response_action) {
    case 'errors':
      return showErrors(world, shown, body.errors);
    case 'update':
      world.views.update(shown.id, checkedView(body.view, 'modal'), undefined);
      return { result: 'updated', errors: {} };
    case 'push':
      world.views.push(shown.owner, checkedView(body.view, 'modal'));
      return { result: 'pushed', errors: {} };
    case 'clear':
      world.views.clear(shown.owner);
      return { result: 'cleared', errors: {} };
    default:
      return fail(world, shown, 'unknown response_action');
  }
}

/** Slack shows errors only at input blocks of this very view; anything else it rejects. */
function showErrors(world: World, shown: ShownView, errors: unknown): Applied {
  const inputs = objectsAt(shown.view, 'blocks')
    .filter((block) => block.type === 'input')
    .map((block) => block.block_id);
  const entries = isObject(errors) ? Object.entries(errors) : [];
  const isUsable =
    entries.length > 0 &&
    entries.every(([id, text]) => inputs.includes(id) && typeof text === 'string' && text !== '');
  if (!isUsable) return fail(world, shown, 'errors for blocks that are not inputs of this view');
  const texts = Object.fromEntries(entries.map(([id, text]) => [id, String(text)]));
  world.views.change(shown.id, { errors: texts });
  return { result: 'errors', errors: texts };
}

function fail(world: World, shown: ShownView, why: string): Applied {
  world.views.change(shown.id, { warning: `We had some trouble connecting. Try again? (${why})` });
  return { result: 'failed', errors: {} };
}

function settle(world: World, shown: ShownView, result: AckResult): Applied {
  if (result.kind === 'not-acked') {
    const warning = failureSentence(world.settings.app.appName, result) ?? '';
    world.views.change(shown.id, { warning });
    return { result: 'failed', errors: {} };
  }
  return applyViewResponse(world, shown, result.body);
}

/** What Slack's own client says about the inputs before the app hears of them, by block id. */
function inputErrors(view: JsonObject, state: StateValues): Readonly<Record<string, string>> {
  const inputs = objectsAt(view, 'blocks').filter((block) => block.type === 'input');
  return Object.fromEntries(
    inputs.flatMap((block) => {
      const error = errorOf(block, state);
      return error === undefined ? [] : [[textAt(block, 'block_id') ?? '', error]];
    }),
  );
}

function errorOf(block: JsonObject, state: StateValues): string | undefined {
  const element = objectAt(block, 'element');
  const field = stateFieldOf(element.type);
  if (field === undefined) return undefined;
  const held = state[textAt(block, 'block_id') ?? '']?.[textAt(element, 'action_id') ?? ''];
  const value = isObject(held) ? held[field] : undefined;
  if (isEmpty(value)) {
    return block.optional === true ? undefined : 'Please complete this required field.';
  }
  if (typeof value !== 'string') return undefined;
  return element.type === 'number_input' ? numberError(value, element) : lengthError(value, element);
}

/** What is no number cannot be entered; Slack's client says so itself. */
function numberError(value: string, element: JsonObject): string | undefined {
  const form = element.is_decimal_allowed === true ? /^-?\d*\.?\d+$/ : /^-?\d+$/;
  return form.test(value) ? undefined : 'Please enter a valid number.';
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

function lengthError(value: string, element: JsonObject): string | undefined {
  if (element.type !== 'plain_text_input') return undefined;
  const min = Number(element.min_length ?? 0);
  const max = Number(element.max_length ?? 3000);
  if (value.length < min) return `Please enter at least ${min} characters.`;
  return value.length > max ? `Please enter at most ${max} characters.` : undefined;
}

/** A message as a test sees it: also whose it is, when only one member sees it. */
export type SeenMessage = ShownMessage & { readonly visibleTo?: string };

/** One message the way the page draws it. */
export function shownMessage(world: World, message: StoredMessage): SeenMessage {
  return {
    ts: message.ts,
    channel: message.channel,
    author: message.author,
    isFromApp: message.isFromApp,
    text: message.text,
    blocks: message.blocks,
    isEdited: message.editedTs !== undefined,
    isEphemeral: message.visibleTo !== undefined,
    replyCount: world.messages.inThread(message).length,
    sentMs: message.sentMs,
    busyActions: message.busyActions,
    ...defined({ threadTs: message.threadTs, warning: message.warning, visibleTo: message.visibleTo }),
  };
}

/** A modal the way the page draws it. */
export function openView(shown: ShownView): OpenView {
  const { id, hash, view, errors, isSubmitting, warning } = shown;
  return { id, hash, view, errors, isSubmitting, ...defined({ warning }) };
}

/** Everything besides messages, as one member sees it. */
export function workspaceState(world: World, as: string, appIsConnected: boolean): WorkspaceState {
  const { team, app, now } = world.settings;
  const home = world.views.home(as);
  return {
    teamId: team.id,
    teamName: team.name,
    actingAs: as,
    appName: app.appName,
    appIsConnected,
    nowMs: now(),
    members: world.directory.all(),
    groups: world.directory.groups().map(({ id, handle }) => ({ id, handle })),
    conversations: world.conversations
      .all()
      .filter((one) => one.members.has(as) || (one.kind === 'channel' && !one.isPrivate))
      .map((one) => shownConversation(world, one, as)),
    views: world.views.stack(as).map(openView),
    ...(home ? { home: openView(home) } : {}),
  };
}

function shownConversation(world: World, conversation: Conversation, as: string): ShownConversation {
  const isIm = conversation.kind === 'im';
  return {
    id: conversation.id,
    kind: conversation.kind,
    name: isIm ? world.settings.app.appName : conversation.name,
    topic: conversation.topic,
    isArchived: conversation.isArchived,
    isMember: conversation.members.has(as),
    unread: world.messages.unread(as, conversation.id).length,
    ...(isIm ? { withMember: world.settings.app.botUserId } : {}),
  };
}
