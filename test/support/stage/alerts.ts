import type { SeenMessage } from '../../../src/sandbox/slack/interactions.js';
import { defined } from '../../../src/shared/language.js';
import { privateWord, textOf } from './cards.js';
import { openStage, type Stage, type Transport } from './open-stage.js';
import { type Actor, personas, places } from './personas.js';
import type { StageRules } from './stage-settings.js';
import { grantManage } from './work-tasks.js';

/** What Command says of the runs that fail here. */
export const caAway = 'The CA CorpIssuingCA1 could not be reached: the RPC server is unavailable.';

/** A stage with a workflow that fails until it is mended. */
export interface AlertStage extends Stage {
  /** Starts runs that fail at once; gives their ids. */
  fail(count?: number): readonly string[];
  /** Lets runs that start from now on go through. */
  mend(): void;
}

const definition = 'Nightly renewal';

/**
 * Sets the stage with alerts in a channel of their own, Ana and Li as operators, past the silent first look
 * unless that is part of the story.
 */
export async function openAlertStage(
  transport: Transport,
  rules: StageRules = {},
  firstPoll: 'done' | 'not yet' = 'done',
): Promise<AlertStage> {
  const stage = await openStage(transport, { operators: ['ana', 'li'], alerts: {}, ...rules });
  const { command } = stage;
  grantManage(stage);
  const id = command.addDefinition({
    displayName: definition,
    workflowType: 'Enrollment',
    steps: steps(caAway),
  });
  if (firstPoll === 'done') await stage.observe();
  return {
    ...stage,
    fail: (count = 1) =>
      Array.from({ length: count }, (_none, index) =>
        command.startInstance({
          definition,
          title: `Renew web-${index + 1}.keyexample.com`,
          initiator: personas.sam.identity,
        }),
      ),
    mend() {
      command.addVersion(id, steps());
      command.publish(id);
    },
  };
}

function steps(failsWith?: string) {
  return [
    { extensionName: 'Email', uniqueName: 'Email1', displayName: 'Tell the owner' },
    {
      extensionName: 'EnrollStep',
      uniqueName: 'Enroll1',
      displayName: 'Enroll',
      ...defined({ failsWith }),
    },
  ];
}

/** Lists the alerts in a channel, without what is said in their threads. */
export function alertsIn(stage: Stage, channel: string = places.alerts): readonly SeenMessage[] {
  return stage.slack
    .messages(channel)
    .filter(({ isFromApp, isEphemeral, threadTs }) => isFromApp && !isEphemeral && threadTs === undefined);
}

/** Waits until an alert says something. */
export function alertSaying(
  stage: Stage,
  text: RegExp,
  channel: string = places.alerts,
): Promise<SeenMessage> {
  return stage.slack.waitFor(() => alertsIn(stage, channel).find((one) => text.test(textOf(one))), {
    whatFor: `an alert saying ${text}; seen: ${alertsIn(stage, channel).map(textOf).join('\n')}`,
  });
}

/** Waits until something is said in the thread of an alert. */
export function threadSaying(stage: Stage, { channel, ts }: SeenMessage, text: RegExp): Promise<SeenMessage> {
  const said = () => stage.slack.thread(channel, ts);
  return stage.slack.waitFor(() => said().find((one) => text.test(textOf(one))), {
    whatFor: `a thread saying ${text}; seen: ${said().map(textOf).join('\n')}`,
  });
}

/** Presses something on an alert; of a menu, the choice that begins with a word. */
export function clickAlert(stage: Stage, actor: Actor, alert: SeenMessage, clicked: Clicked) {
  const { channel, ts, blocks } = alert;
  const { kind, choice } = typeof clicked === 'string' ? { kind: clicked } : clicked;
  const [, value] = new RegExp(`"value":"(${choice}\\.[^"]+)"`).exec(JSON.stringify(blocks)) ?? [];
  return stage.slack.click({
    as: personas[actor].id,
    channel,
    ts,
    actionId: `alert.${kind}`,
    from: blocks,
    ...(choice === undefined || value === undefined ? {} : { value }),
  });
}

type Clicked = string | { readonly kind: string; readonly choice?: string };

/** Presses a way out of an alert, waits for the question and confirms it. */
export async function takeRecoveryAction(
  stage: Stage,
  actor: Actor,
  alert: SeenMessage,
  requested: { readonly way: string; readonly shows: RegExp },
): Promise<void> {
  await clickAlert(stage, actor, alert, requested.way);
  await confirmRecovery(stage, actor, await privateWord(stage, actor, requested.shows));
}

/** Confirms a question that was put after a press on an alert. */
export async function confirmRecovery(stage: Stage, actor: Actor, question: SeenMessage): Promise<void> {
  await clickAlert(stage, actor, question, 'confirm');
  await privateWord(stage, actor, /Confirmed\./);
}
