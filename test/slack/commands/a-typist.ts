import type { SeenMessage } from '../../../src/sandbox/slack/interactions.js';
import { defined } from '../../../src/shared/language.js';
import { type FakeServiceResults, fakeService } from '../a-service.js';
import { aSlack } from '../a-slack.js';
import { type FakeCommandResults, fakeCommandService } from './a-command-service.js';

/** Ada in a channel, with a slash command at hand. */
export async function aTypist(
  mode: 'socket' | 'http',
  results: FakeCommandResults = {},
  service: FakeServiceResults = {},
) {
  const stage = await aSlack({
    mode,
    commandService: fakeCommandService(results),
    service: fakeService(service),
  });
  const { workspace, ada, channel } = stage;
  const privateOnes = () =>
    workspace.messages(channel, ada.id).filter(({ isEphemeral, isFromApp }) => isEphemeral && isFromApp);
  const type = (text: string) => workspace.command({ as: ada.id, channel, command: '/workflow', text });
  const notified = (text: RegExp) =>
    workspace.waitFor(() => privateOnes().find((one) => text.test(textOf(one))), {
      whatFor: `a private word: ${text}`,
    });
  const click = ({ ts, blocks }: SeenMessage, actionId: string, value?: string) =>
    workspace.click({
      as: ada.id,
      channel,
      ts,
      actionId,
      from: blocks,
      ...defined({ value }),
    });
  const modal = (text: RegExp) =>
    workspace.waitFor(() => workspace.views(ada.id).find(({ view }) => text.test(JSON.stringify(view))), {
      whatFor: `a modal: ${text}`,
    });
  const choose = (viewId: string, actionId: string, value: string) =>
    workspace.clickInView({ as: ada.id, viewId, actionId, value });
  const submit = (viewId: string, typed: Fields, chosen: Fields = {}, dates: Fields = {}) =>
    workspace.submitView({
      as: ada.id,
      viewId,
      values: {
        ...held(dates, (value) => ({ type: 'datepicker', selected_date: value })),
        ...held(typed, (value) => ({ type: 'plain_text_input', value })),
        ...held(chosen, (value) => ({
          type: 'static_select',
          selected_option: { text: { type: 'plain_text', text: value }, value },
        })),
      },
    });
  return { ...stage, privateOnes, type, notified, click, modal, choose, submit };
}

/** Reads what a typist is. */
export type Typist = Awaited<ReturnType<typeof aTypist>>;

/** Everything a person reads in a message. */
export function textOf({ blocks, text }: SeenMessage): string {
  return JSON.stringify(blocks.length > 0 ? blocks : text).replaceAll('\\n', '\n');
}

type Fields = Readonly<Record<string, string>>;

/** What inputs hold; each block and its input go by the same name here. */
function held(fields: Fields, input: (value: string) => object) {
  return Object.fromEntries(
    Object.entries(fields).map(([block, value]) => [block, { [block]: input(value) }]),
  );
}
