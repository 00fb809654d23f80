import { findElements } from '../../simulators/slack/blocks/find-elements.js';
import type { SeenMessage } from '../../simulators/slack/hands/shown.js';
import type { SlackWorkspace } from '../../simulators/slack/slack-workspace.js';
import { objectsAt } from '../../simulators/slack/wire/json-object.js';
import type { Demo } from '../open-demo.js';
import { type Actor, channels, personas } from '../scene/cast.js';
import { textOf } from './cards.js';

type Verb = 'approve' | 'deny' | `${'approve' | 'deny'}#${number}`;

/** Somebody in front of the workspace, pressing what is on the screen. */
export interface PersonAtWork {
  /** `approve`, `deny`, or one of a workflow's own outputs: `approve#0`. */
  click(card: SeenMessage, verb: Verb): Promise<unknown>;
  /** Types into the window on top and submits it; tells whether it closed. */
  submit(text: string): Promise<boolean>;
  approve(card: SeenMessage, comment: string): Promise<unknown>;
  /** Presses something on an alert, or under what it was answered with. */
  clickAlert(message: SeenMessage, clicked: 'restart' | 'take' | 'confirm'): Promise<unknown>;
  /** Types after the slash command; what is answered privately is for `listen`. */
  type(text: string): Promise<unknown>;
  /** Confirms what was proposed. */
  confirm(proposal: SeenMessage): Promise<unknown>;
  /** Begins to listen; what it gives waits for the first private word since then. */
  listen(): (text: RegExp) => Promise<SeenMessage>;
}

/** Lets somebody of the cast act. */
export function person({ slack }: Demo, actor: Actor): PersonAtWork {
  const { id, realName } = personas[actor];
  const click: PersonAtWork['click'] = (card, verb) =>
    slack.click({
      as: id,
      channel: card.channel,
      ts: card.ts,
      actionId: `approval.${verb}`,
      from: card.blocks,
    });
  const submit: PersonAtWork['submit'] = async (text) => {
    const modal = await slack.waitFor(() => slack.views(id).at(-1), { whatFor: `a window for ${realName}` });
    const field = findElements(objectsAt(modal.view, 'blocks')).find(({ block }) => block.type === 'input');
    const values = field && {
      [field.blockId]: { [field.actionId]: { type: 'plain_text_input', value: text } },
    };
    return (await slack.submitView({ as: id, viewId: modal.id, values: values ?? {} })).result === 'closed';
  };
  return {
    click: click,
    submit,
    type: (text) => slack.command({ as: id, channel: channels.ops.id, command: '/workflow', text }),
    confirm: ({ channel, ts, blocks }) =>
      slack.click({ as: id, channel, ts, actionId: 'command.confirm', from: blocks }),
    clickAlert: ({ channel, ts, blocks }, clicked) =>
      slack.click({ as: id, channel, ts, actionId: `alert.${clicked}`, from: blocks }),
    async approve(card, comment) {
      await click(card, 'approve');
      await submit(comment);
    },
    listen() {
      const heard = new Set(privateText(slack, id).map(({ ts }) => ts));
      return (text) =>
        slack.waitFor(
          () => privateText(slack, id).find((one) => !heard.has(one.ts) && text.test(textOf(one))),
          { whatFor: `a private word to ${realName}: ${text}` },
        );
    },
  };
}

/** Lists what only one person sees: private answers in channels, and the conversation with the app. */
function privateText(slack: SlackWorkspace, id: string): readonly SeenMessage[] {
  const replies = Object.values(channels).flatMap((channel) =>
    slack.messages(channel.id, id).filter(({ isEphemeral }) => isEphemeral),
  );
  return [...replies, ...slack.messages(slack.im(id).id, id).filter(({ isFromApp }) => isFromApp)];
}
