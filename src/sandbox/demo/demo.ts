import { createLog } from '../../log.js';
import { createEvery, keepIncidentsComing, keepLifeGoing } from './activity.js';
import { runCheck } from './check.js';
import { type Demo, openDemo } from './open-demo.js';
import { onFreePort } from './open-sandbox.js';
import { channels } from './scene.js';
import { isPort, untilStopSignal } from './terminal.js';

/** Runs the bot between simulators until Ctrl-C, or plays the whole story as a check; returns the exit code. */
export async function demo(options: {
  readonly port: number;
  readonly isCheck: boolean;
  /** Whether it begins in shadow mode, and goes live at the first line that is typed. */
  readonly isShadow: boolean;
}): Promise<number> {
  const { port, isCheck, isShadow } = options;
  if (!isPort(port)) return 2;
  if (isCheck) return runCheck((text) => void process.stdout.write(text));
  const log = createLog({ level: 'warn', to: process.stderr });
  const stage = await onFreePort(port, (free) =>
    openDemo({ port: free, log, mode: isShadow ? 'shadow' : 'live' }),
  );
  const stopSignal = untilStopSignal();
  process.stdout.write(isShadow ? shadowGreeting(stage.url) : greeting(stage.url));
  const { command, ask, opening } = stage;
  const every = createEvery((error) => void process.stderr.write(`${String(error)}\n`));
  const endLife = keepLifeGoing({ command, ask, first: opening.wiki, every });
  const endIncidents = keepIncidentsComing({ command, every });
  const endTyping = isShadow ? onFirstLine(() => goLive(stage)) : () => {};
  await stopSignal;
  endTyping();
  process.stdout.write('\nStopping…\n');
  endLife();
  endIncidents();
  await stage.close();
  return 0;
}

async function goLive({ restartBot, url }: Demo): Promise<void> {
  await restartBot('live');
  process.stdout.write(greeting(url));
}

/** Does something once, when somebody types a line; until the returned function is called. */
function onFirstLine(work: () => Promise<void>): () => void {
  process.stdin.once('data', () => void work());
  return () => void process.stdin.pause();
}

/** Says where to look in shadow mode, and how it ends. */
function shadowGreeting(url: string): string {
  return `
Countersign is in shadow mode between a simulated Slack, Keyfactor Command and AVEVA Work Tasks. Open

  ${url}

and look at #${channels.shadow.name}: what would be asked of whom, without a button that decides. Be Pat in the portal
("Open in Command") and decide something; its card compares. As Omar Haddad type /workflow shadow.

Press Enter to go live: what waited is announced and gets cards people can decide from. Ctrl-C ends everything.

`;
}

/** Says where to look and what to try. */
function greeting(url: string): string {
  return `
Countersign is running between a simulated Slack, Keyfactor Command and AVEVA Work Tasks. Open

  ${url}

and try, choosing who you are with "Acting as" at the top right:

  1. As Ana Ruiz in #pki-approvals: approve shop.keyexample.com with a comment, deny printer-3f (weak key).
  2. As Sam Smith: approve grafana, Sam's own request. In #web-team, be refused as Bo, Gia and Una about lab-12.
  3. As Ana, then as Li Wei: approve the wildcard *.apps. It takes two people; point at a card to click it twice.
  4. As Ana: the code signing certificate has no Approve, as Command needs two approvers. "Open in Command", be Pat.
  5. As Ana in #plant-tasks: answer Bo's leave, which Work Tasks asks about; Sam's purchase waits in its inbox.
  6. As Omar Haddad or Ana, who are operators, type:
       /workflow execute                         starts a workflow of Work Tasks; leave asks for an approval
       /workflow pause "Backup WF#1003"          and resume it; "Backup WF#1004" is paused already
       /workflow status "Historian WF#1005"      which failed; resume tries again
       /workflow list waiting                    in Command; restart one by its short code
       /workflow help
  7. In #pki-alerts, within a minute, workflows fail: one alone, twelve at once, and one that Pat restarts in Command.
     As Omar: "I'm on it", Restart the twelve, Mute, and read the threads. As Bo: be refused.
  8. As Ana: your Home tab lists what waits. Go away there and leave your place to Bo Larsen; as Bo, approve for Ana; as
     Ana, be back. As Sam: /workflow mine, and nudge what waits. Reminders are in the direct messages of Ana and Li.
  9. Or just watch: every 20 seconds somebody asks, or Pat decides in Command and the card closes by itself.

Nothing leaves this machine. Ctrl-C ends everything.

`;
}
