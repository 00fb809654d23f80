import { hookSecret } from '../plant/plant-settings.js';
import { pfxPassword } from '../scene/ask.js';
import { serviceAccount, workTasksClient } from '../scene/cast.js';
import { cardSaying, cardsOf, headingOf, isLive, liveCard } from './cards.js';
import { insist, type Story } from './story.js';

/** Every request is put up, with what stands out. */
export const cardsAppear: Story = {
  title: 'Every waiting request gets one card',
  async play(demo) {
    const ids = Object.values(demo.opening);
    for (const id of ids) await liveCard(demo, id);
    const counts = ids.map((id) => cardsOf(demo, id).length);
    insist(
      counts.every((count) => count === 1),
      `cards per request: ${counts.join(', ')}`,
    );
    return `${ids.length} requests, ${ids.length} cards`;
  },
};

/** Cards point at what a person would otherwise have to find. */
export const cardsPointOut: Story = {
  title: 'Cards point out what stands out',
  async play(demo) {
    const { wildcard, weak, outside, renewal, manyNames } = demo.opening;
    await cardSaying(demo, wildcard, /asks for 1 wildcard/);
    await cardSaying(demo, weak, /weak key: RSA 1024/);
    await cardSaying(demo, outside, /2 names outside your domains/);
    await cardSaying(demo, renewal, /replaces a certificate[\s\S]*adds 1 name/);
    await cardSaying(demo, manyNames, /\+55 more/);
    return 'a wildcard, a weak key, 2 names outside the zones, a renewal with a new name, 60 names';
  },
};

/** Secrets stay where they belong. */
const noSecrets: Story = {
  title: 'No secret is in the bot’s log, nor in anything it said to Slack',
  async play(demo) {
    const { slack, logLines } = demo;
    const { name, password } = serviceAccount;
    const basic = Buffer.from(`${name}:${password}`).toString('base64');
    const { botToken, appToken } = slack.app;
    const workTasksOpening = { 'client secret': workTasksClient.clientSecret, 'hook secret': hookSecret };
    const secrets = { 'bot token': botToken, 'app token': appToken, password, basic, ...workTasksOpening };
    const log = logLines.join('\n');
    for (const [what, secret] of Object.entries({ ...secrets, 'PFX password': pfxPassword })) {
      insist(!log.includes(secret), `the log holds the ${what}`);
    }
    insist(!JSON.stringify(slack.calls).includes(pfxPassword), 'Slack was told the PFX password');
    insist(!/hooks\.slack|\/actions\/T0/.test(log), 'the log holds an address that lets others answer');
    return `${logLines.length} lines of log and ${slack.calls.length} calls looked through`;
  },
};

/** The truth at the end of the day. */
const noStaleButtons: Story = {
  title: 'No card that is over has buttons, and every card that waits has them',
  async play(demo) {
    const runs = demo.command.instances();
    for (const { id, status, received } of runs) {
      const isWaiting = status === 'Suspended' && received.length === 0;
      const untrue = () => cardsOf(demo, id).filter((card) => isLive(card) !== isWaiting);
      await demo.slack.waitFor(() => untrue().length === 0).catch(() => undefined);
      insist(untrue().length === 0, `the run is ${status}, yet: ${untrue().map(headingOf).join(', ')}`);
    }
    const open = runs.filter(({ status }) => status === 'Suspended').length;
    return `${runs.length - open} runs over, ${open} waiting`;
  },
};

/** What is true of everything, when all has been played. */
export const overallStories: readonly Story[] = [noSecrets, noStaleButtons];
