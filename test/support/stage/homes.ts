import type { OpenView } from '../../../src/sandbox/slack/page/protocol.js';
import type { Stage } from './open-stage.js';
import { type Actor, personas } from './personas.js';

/** Everything a person reads on their Home or in a modal, in one string. */
export function viewText({ view }: OpenView): string {
  return JSON.stringify(view).replaceAll('\\n', '\n').replaceAll('\\\\', '\\');
}

/** Opens somebody's Home tab and gives it once it says something. */
export async function openHome(stage: Pick<Stage, 'slack'>, actor: Actor, text: RegExp): Promise<OpenView> {
  await stage.slack.openHome(personas[actor].id);
  return homeSaying(stage, actor, text);
}

/** Waits until somebody's Home says something. */
export function homeSaying(
  stage: Pick<Stage, 'slack'>,
  actor: Actor,
  text: RegExp,
  timeoutMs = 5_000,
): Promise<OpenView> {
  return stage.slack.waitFor(
    () => {
      const home = stage.slack.home(personas[actor].id);
      return home && text.test(viewText(home)) ? home : undefined;
    },
    { whatFor: `a Home of ${actor} saying ${text}`, timeoutMs },
  );
}

/** What somebody changes in the window of their notifications; times as `09:30`. */
interface NotificationChoice {
  readonly directMessages?: 'each' | 'daily' | 'off';
  readonly dailyAt?: string;
  readonly quietFrom?: string;
  readonly quietTo?: string;
  readonly days?: readonly string[];
}

/** Has somebody choose in their Home how they get direct messages, and gives what came of the window. */
export async function chooseNotifications(
  stage: Pick<Stage, 'slack'>,
  actor: Actor,
  { days, directMessages, ...times }: NotificationChoice,
) {
  const as = personas[actor].id;
  await openHome(stage, actor, /Notifications/);
  await clickInHome(stage, actor, 'notifications');
  const window = await stage.slack.waitFor(() => stage.slack.views(as).at(-1), {
    whatFor: `a window for ${actor}`,
  });
  const select = (field: string, value: string) => {
    const option = { text: { type: 'plain_text', text: value }, value };
    return { [field]: { [field]: { type: 'static_select', selected_option: option } } };
  };
  const minuteOf = (time: string) => {
    const [hours, minutes] = time.split(':').map(Number);
    return String((hours ?? 0) * 60 + (minutes ?? 0));
  };
  const options = (days ?? []).map((value) => ({ text: { type: 'plain_text', text: value }, value }));
  return stage.slack.submitView({
    as,
    viewId: window.id,
    values: {
      ...(directMessages ? select('directMessages', directMessages) : {}),
      ...Object.assign({}, ...Object.entries(times).map(([field, time]) => select(field, minuteOf(time)))),
      ...(days ? { workingDays: { workingDays: { type: 'checkboxes', selected_options: options } } } : {}),
    },
  });
}

/** Submits the window for several on top of somebody's screen; `without` names by place what is left out. */
export async function submitSeveral(
  stage: Pick<Stage, 'slack'>,
  actor: Actor,
  { comment = '', without = [] }: { readonly comment?: string; readonly without?: readonly number[] } = {},
) {
  const as = personas[actor].id;
  const window = await stage.slack.waitFor(() => stage.slack.views(as).at(-1), {
    whatFor: `a window for ${actor}`,
  });
  const blocks: readonly { readonly block_id?: string }[] = Array.isArray(window.view.blocks)
    ? window.view.blocks
    : [];
  const places = blocks.flatMap(({ block_id = '' }) => /^several\.(\d+)$/.exec(block_id)?.[1] ?? []);
  const boxes = places.map(Number).map((at) => {
    const option = { text: { type: 'plain_text', text: 'Approve this one', emoji: true }, value: String(at) };
    const selected = without.includes(at) ? [] : [option];
    return [`several.${at}`, { [`several.${at}`]: { type: 'checkboxes', selected_options: selected } }];
  });
  const values = {
    ...Object.fromEntries(boxes),
    ...(comment === '' ? {} : { comment: { comment: { type: 'plain_text_input', value: comment } } }),
  };
  return stage.slack.submitView({ as, viewId: window.id, values });
}

/** Clicks something in somebody's Home, in that row if it stands in several; on the page as it was, if one is given. */
export function clickInHome(
  stage: Pick<Stage, 'slack'>,
  actor: Actor,
  what: string,
  { row, from }: { readonly row?: number; readonly from?: OpenView } = {},
) {
  const as = personas[actor].id;
  const home = from ?? stage.slack.home(as);
  if (!home) throw new Error(`${actor} has no Home`);
  const blocks = Array.isArray(home.view.blocks) ? home.view.blocks : [];
  const prefix = row === undefined ? 'home.' : `home.${row}.`;
  const block = blocks.find(
    (one: { readonly block_id?: string; readonly elements?: readonly { readonly action_id?: string }[] }) =>
      one.block_id?.startsWith(prefix) && one.elements?.some(({ action_id }) => action_id === `home.${what}`),
  );
  if (!block) throw new Error(`There is no ${what} in the Home of ${actor}`);
  const { id: viewId, hash } = home;
  return stage.slack.clickInView({ as, viewId, hash, blockId: block.block_id, actionId: `home.${what}` });
}
