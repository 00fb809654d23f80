import { fileURLToPath } from 'node:url';
import { createKeyfactorCommand } from '../simulators/keyfactor/keyfactor-command.js';
import { createSlackWorkspace } from '../simulators/slack/slack-workspace.js';
import { createWorkTasks } from '../simulators/work-tasks/work-tasks.js';
import type { ClosingStack } from './closing-stack.js';
import type { Addresses } from './demo-settings.js';
import { createInbox, inboxPath } from './pages/inbox.js';
import { createPortal, portalPath } from './pages/portal.js';

/** The page is compiled beside the simulator; the demo runs from there. */
const pageFolder = fileURLToPath(new URL('../simulators/slack/page/', import.meta.url));

/**
 * Opens every simulated server, empty, and the pages that stand in for what people would see of them.
 *
 * `port` is that of the workspace's page. What was opened is put on the stack.
 */
export async function openServers(
  { port, now }: { readonly port: number; readonly now: () => number },
  stack: ClosingStack,
) {
  const slack = createSlackWorkspace({
    port,
    pageFolder,
    team: { name: 'Key Example', domain: 'keyexample' },
  });
  const { url, slackApiUrl } = await slack.start();
  stack.push(() => slack.stop());
  const command = createKeyfactorCommand({ now });
  const { url: commandUrl } = await command.start();
  stack.push(() => command.stop());
  const workTasks = createWorkTasks();
  const workTasksOpening = await workTasks.start();
  stack.push(() => workTasks.stop());
  const portal = createPortal(command);
  const portalUrl = `${await portal.open()}${portalPath}`;
  stack.push(() => portal.close());
  const inbox = createInbox(workTasks);
  const inboxUrl = `${await inbox.open()}${inboxPath}`;
  stack.push(() => inbox.close());
  const at: Omit<Addresses, 'store'> = {
    slackApiUrl,
    commandUrl,
    portalUrl,
    workTasks: { ...workTasksOpening, inboxUrl },
  };
  return { slack, command, workTasks, url, at };
}
