import type { SeenMessage } from '../../simulators/slack/hands/shown.js';
import type { Demo } from '../open-demo.js';
import { channels } from '../scene/cast.js';
import { demoIncidents, fail, renewedHosts } from '../trouble/troubles.js';
import { headingOf, textOf } from './cards.js';
import { person } from './person.js';
import { insist, type Story } from './story.js';

const waitTimeoutMs = 20_000;

/** Lists the alerts about a workflow, without what is said in their threads. */
function alertsAbout({ slack }: Demo, definition: string): readonly SeenMessage[] {
  return slack
    .messages(channels.alerts.id)
    .filter((one) => one.isFromApp && one.threadTs === undefined && headingOf(one).includes(definition));
}

/** Waits until an alert about a workflow says something. */
function alertSaying(demo: Demo, definition: string, text: RegExp): Promise<SeenMessage> {
  return demo.slack.waitFor(() => alertsAbout(demo, definition).find((one) => text.test(textOf(one))), {
    whatFor: `an alert about ${definition}: ${text}`,
    timeoutMs: waitTimeoutMs,
  });
}

/** Waits until something is said in the thread of an alert. */
function threadSaying({ slack }: Demo, { channel, ts }: SeenMessage, text: RegExp): Promise<SeenMessage> {
  return slack.waitFor(() => slack.thread(channel, ts).find((one) => text.test(textOf(one))), {
    whatFor: `a thread: ${text}`,
    timeoutMs: waitTimeoutMs,
  });
}

const storm: Story = {
  title: 'Twelve workflows that fail alike are one alert, which calls Omar once',
  async play(demo) {
    const { definition } = demoIncidents.authority;
    fail(demo.command, 'authority', renewedHosts);
    const alert = await alertSaying(demo, definition, /12 runs[\s\S]*RPC server[\s\S]*<@U0OMAR>/);
    const more = await threadSaying(demo, alert, /12 runs failed/);
    const count = alertsAbout(demo, definition).length;
    insist(count === 1, `${count} messages`);
    insist(more.threadTs === alert.ts, 'the details are not in its thread');
    return headingOf(alert);
  },
};

const refusing: Story = {
  title: 'Bo, who is no operator, can restart nothing from an alert',
  async play(demo) {
    const [alert] = alertsAbout(demo, demoIncidents.authority.definition);
    if (!alert) throw new Error('there is no alert');
    const bo = person(demo, 'bo');
    const hear = bo.listen();
    await bo.clickAlert(alert, 'restart');
    const reported = await hear(/no rule in the settings lets you/);
    insist(reported.isEphemeral, 'the refusal was not private');
    return 'refused privately, nothing was changed';
  },
};

const restarting: Story = {
  title: 'A failed workflow is restarted from its alert, followed to its end, and the alert turns calm',
  async play(demo) {
    const { definition } = demoIncidents.share;
    const before = demo.command.instances().length;
    fail(demo.command, 'share');
    const alert = await alertSaying(demo, definition, /was not found/);
    const omar = person(demo, 'omar');
    const hear = omar.listen();
    await omar.clickAlert(alert, 'restart');
    await omar.clickAlert(await hear(/Restart 1 run of CRL publishing/), 'confirm');
    await threadSaying(demo, alert, /Restarted; it goes on as run/);
    const over = await alertSaying(demo, definition, /Brought back by Omar Haddad/);
    const started = demo.command.instances().length - before;
    insist(started === 2, `${started} runs were started instead of 2`);
    insist(over.ts === alert.ts, 'it was told anew instead of on the alert');
    return headingOf(over);
  },
};

/** Workflows fail. */
export const alertStories: readonly Story[] = [storm, refusing, restarting];
