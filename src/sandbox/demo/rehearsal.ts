import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { createIdentityProvider } from '../identity-provider/identity-provider.js';
import { createListener } from '../shared/listener.js';
import { createEvery } from './activity.js';
import { newSecret, onFreePort, openAll, openSandbox } from './open-sandbox.js';
import { personas, serviceAccount } from './scene.js';
import { sandboxEnvironment, sandboxSettings } from './settings.js';
import { isPort, untilStopSignal } from './terminal.js';
import { postSteps } from './work-tasks-scene.js';

/**
 * Runs the simulators alone until Ctrl-C, and writes settings and secrets for a bot to rehearse with.
 *
 * Writes over no file: where one of its own is in the folder already it starts nothing and returns 1.
 */
export async function rehearse(options: { readonly port: number; readonly dir: string }): Promise<number> {
  if (!isPort(options.port)) return 2;
  const files = filesIn(options.dir);
  const taken = Object.values(files).find((file) => existsSync(file));
  if (taken !== undefined) return refuse(taken);
  if (existsSync(options.dir) && !statSync(options.dir).isDirectory()) {
    process.stderr.write(`${options.dir} is a file; name a folder with --dir.\n`);
    return 1;
  }
  mkdirSync(resolve(options.dir), { recursive: true });
  const rehearsal = await onFreePort(options.port, (port) => openRehearsal(port, files));
  const stopSignal = untilStopSignal();
  process.stdout.write(rehearsal.greeting);
  await stopSignal;
  process.stdout.write('\nStopping…\n');
  await rehearsal.close();
  return 0;
}

/** What the rehearsal leaves in its folder: two files of its own, and the store of the bot. */
interface Files {
  readonly settings: string;
  readonly secrets: string;
  readonly store: string;
}

function filesIn(dir: string): Files {
  const file = (ending: string) => join(resolve(dir), `countersign.sandbox.${ending}`);
  return { settings: file('yml'), secrets: file('env'), store: file('db') };
}

function refuse(file: string): number {
  process.stderr.write(
    `${file} is there already, and nothing is written over.\n` +
      'Delete it if it is left from a rehearsal that is over, or choose another folder with --dir DIR.\n',
  );
  return 1;
}

/** The simulators at work, with the files of a bot beside them. */
interface Rehearsal {
  readonly greeting: string;
  close(): Promise<void>;
}

function openRehearsal(port: number, files: Files): Promise<Rehearsal> {
  return openAll(async (stack) => {
    const { slack, command, workTasks, url, at, secrets } = await openSandbox(port, stack);
    const provider = createIdentityProvider();
    const { issuer, jwksUrl, tokenUrl } = await provider.start();
    stack.push(() => provider.stop());
    const client = { clientId: 'sandbox-countersign', clientSecret: newSecret() };
    provider.addClient({ ...client, serviceAccount: serviceAccount.name });
    command.trustProvider({ issuer, jwksUrl, audience: provider.audience });
    const [hookPort, operationsPort] = [await freePort(), await freePort()];
    const settings = sandboxSettings(slack.team.id, at);
    const auth = { kind: 'oauth', tokenUrl, clientId: client.clientId };
    const text = stringify({
      ...settings,
      keyfactor: settings.keyfactor.map((server) => ({ ...server, auth })),
      // The demo has approvers who will always be refused; the doctor would be right to complain.
      approvers: settings.approvers.map((rule) => ({ ...rule, people: rule.people.filter(canDecide) })),
      http: { host: '127.0.0.1', port: hookPort },
      operations: { host: '127.0.0.1', port: operationsPort },
      store: files.store,
    });
    write(files.settings, 'What it points at ends with that command.', text);
    const environment = {
      ...sandboxEnvironment(secrets, at),
      KEYFACTOR_AUTH_CLIENT_SECRET: client.clientSecret,
      COUNTERSIGN_LEDGER_KEY: randomBytes(32).toString('hex'),
    };
    const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
    write(files.secrets, 'New at every start, of use on this machine only.', lines.join(''));
    const endPosting = postSteps({
      workTasks,
      botUrl: () => `http://127.0.0.1:${hookPort}`,
      secret: secrets.hook,
      every: createEvery(unlessNobodyListens),
    });
    stack.push(endPosting);
    const places = { url, ...at, issuer, operationsPort };
    return { greeting: greeting(places, files), close: stack.close };
  });
}

function canDecide(name: string): boolean {
  return name !== personas.una.realName && name !== personas.gia.realName;
}

/** Fails where a file has appeared in the meantime; others on the machine cannot read it. */
function write(file: string, comment: string, text: string): void {
  writeFileSync(file, `# Written by countersign sandbox. ${comment}\n${text}`, { flag: 'wx', mode: 0o600 });
}

/** The workflows speak before there is a bot, and after it: that is no fault. */
function unlessNobodyListens(error: unknown): void {
  if (error instanceof TypeError && error.message === 'fetch failed') return;
  process.stderr.write(`${String(error)}\n`);
}

async function freePort(): Promise<number> {
  const listener = createListener(0, async () => undefined);
  const url = await listener.open();
  await listener.close();
  return Number(new URL(url).port);
}

/** Says what runs, what was written and what to type next. */
function greeting(
  at: {
    readonly url: string;
    readonly commandUrl: string;
    readonly workTasks: { readonly url: string };
    readonly issuer: string;
    readonly operationsPort: number;
  },
  files: Files,
): string {
  return `
On this machine, and for nobody else, these simulators are at work:

  Slack               ${at.url}   (open it in a browser)
  Keyfactor Command   ${at.commandUrl}
  AVEVA Work Tasks    ${at.workTasks.url}
  identity provider   ${at.issuer}

Written for a bot to rehearse with:

  ${files.settings}   settings
  ${files.secrets}   secrets, new at every start

In another terminal:

  set -a; . '${files.secrets}'; set +a
  countersign settings --config '${files.settings}'
  countersign doctor --config '${files.settings}'
  countersign start --config '${files.settings}'

The bot is ready when http://127.0.0.1:${at.operationsPort}/readyz says so; then look into Slack. Ctrl-C ends the
simulators, and what they know is gone; the files stay.

`;
}
