import { randomInt, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnotherBotRunning, type Bot, startBot } from '../bot.js';
import { slackVariables } from '../config/environment.js';
import type { Problem } from '../config/problems.js';
import { ConfigError, type Settings } from '../config.js';
import { createLog } from '../log.js';
import { ChatError } from '../ports/errors.js';
import type { Log } from '../ports/runtime.js';
import { asError, defined, messageOf } from '../shared/language.js';
import { isPostgresUrl } from '../shared/text.js';
import { nameOfPlace } from '../stores/sql/database.js';
import { renderReload } from './reload.js';
import { reportProblems, type SettingsSource, tryToRead, wholePath } from './settings.js';

/** Letters and digits that are not mistaken for one another when read aloud. */
const codeAlphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** Who joins a shared store, or copies it, has it for a moment; a file is held by a process that lives, or not at all. */
const waitTimeoutMs = 45_000;

/** Runs the bot until it is told to stop; returns the exit code. */
export async function start(
  options: SettingsSource & {
    /** Whether real secrets may be sent to this very machine. */
    readonly allowsLoopback: boolean;
    /** Ends the process at once. */
    readonly exit: (code: number) => void;
  },
): Promise<number> {
  const settings = tryToRead(options);
  if (settings instanceof ConfigError) return notStarted(settings, createLog());
  const log = createLog({ level: settings.log.level });
  const problems = addressProblems(settings, options.allowsLoopback);
  if (problems.length > 0) return notStarted(new ConfigError(options.file, problems), log);
  for (const warning of settings.warnings) log.warn({}, warning);
  const again = (): Settings => {
    const read = tryToRead(options);
    if (read instanceof ConfigError) throw read;
    const wrong = addressProblems(read, options.allowsLoopback);
    if (wrong.length > 0) throw new ConfigError(options.file, wrong);
    return read;
  };
  const bot = await startWithRetry(settings, {
    log,
    readSettings: again,
    settingsFile: wholePath(options.file),
  }).catch((error: unknown) => notStarted(error, log, settings));
  if (typeof bot === 'number') return bot;
  // Whoever reads that it is at work may stop it at once.
  const stopSignal = untilStopSignal(log, options.exit);
  log.info(
    {
      mode: settings.slack.mode,
      systems: settings.systems.map(({ name }) => name),
      port: bot.port,
      operations: `${settings.operations.host}:${bot.operationsPort}`,
    },
    'Countersign is running',
  );
  const hungUp = (): void => void reloadOnSignal(bot, again, log);
  process.on('SIGHUP', hungUp);
  const why = await Promise.race([stopSignal, bot.lost.then(() => 'lost' as const)]);
  await bot.stop();
  log.info({}, 'Countersign has stopped');
  const code = why === 'lost' ? 1 : 0;
  // A connection on which somebody never answers must not keep the process.
  setTimeout(() => options.exit(code), 500).unref();
  return code;
}

/** Says why there is no bot: problems in full on the terminal, and the setting with the cause as the last line of the log. */
function notStarted(thrown: unknown, log: Log, settings?: Settings): number {
  const isConfig = thrown instanceof ConfigError;
  if (isConfig) reportProblems(thrown);
  const [first] = isConfig ? thrown.problems : [];
  const setting = first?.path ?? (settings && settingBehind(thrown, settings)) ?? 'unknown';
  const more = isConfig && thrown.problems.length > 1 ? ` (and ${thrown.problems.length - 1} more)` : '';
  const cause = first ? `expected ${first.expected}; found ${first.found}${more}` : messageOf(thrown);
  // Only of a defect it helps to see where it came from.
  const err = setting === 'unknown' ? asError(thrown) : undefined;
  log.error(
    { setting, ...defined({ line: first?.line, err }) },
    `Countersign did not start. ${setting}: ${cause}`,
  );
  return isConfig ? 2 : 1;
}

/** Names the setting that made a start fail; absent where none did. */
function settingBehind(thrown: unknown, settings: Settings): string | undefined {
  if (thrown instanceof AnotherBotRunning) return 'store';
  if (thrown instanceof ChatError && thrown.about === 'team') return 'slack.team';
  if (ChatError.hasCode(thrown, 'sign-in'))
    return thrown.about === 'app-token' ? slackVariables.appToken.name : slackVariables.botToken.name;
  const message = messageOf(thrown);
  const listener = /\b(operations|http)\.(host|port)\b/.exec(message)?.[1];
  if (listener !== undefined) return listener;
  const isOfStore = message.includes(nameOfPlace(settings.store)) || /unable to open database/.test(message);
  return isOfStore ? 'store' : undefined;
}

/** Where a running bot takes time, ids and codes from. */
export function realRuntime(log: Log) {
  return {
    log,
    now: Date.now,
    newId: () => randomUUID(),
    replicaId: `${hostname()}:${process.pid}:${randomUUID()}`,
    newCode: (length: number) =>
      Array.from({ length }, () => codeAlphabet[randomInt(codeAlphabet.length)] ?? 'A').join(''),
    jobs: 'cron',
  } as const;
}

/** Loads the settings anew, as operators expect of this signal; what would end approvals is not confirmed by it. */
async function reloadOnSignal(bot: Bot, read: () => Settings, log: Log): Promise<void> {
  try {
    const { text, code } = renderReload(await bot.reload(read(), { isConfirmed: false }));
    log[code === 0 ? 'info' : 'error']({ signal: 'SIGHUP' }, text);
  } catch (error) {
    const isConfig = error instanceof ConfigError;
    for (const { path, line, expected, found } of isConfig ? error.problems : [])
      log.error(
        { signal: 'SIGHUP', setting: path, ...defined({ line }) },
        `${path}: expected ${expected}; found ${found}`,
      );
    log.error(
      { signal: 'SIGHUP', ...(isConfig ? {} : { err: asError(error) }) },
      'The settings could not be reloaded; the old ones stay',
    );
  }
}

async function startWithRetry(
  settings: Settings,
  {
    log,
    ...source
  }: { readonly log: Log; readonly readSettings: () => Settings; readonly settingsFile: string },
): Promise<Bot> {
  const giveUpAtMs = Date.now() + (isPostgresUrl(settings.store) ? waitTimeoutMs : 0);
  for (;;) {
    try {
      return await startBot(settings, { ...realRuntime(log), ...source });
    } catch (error) {
      if (!(error instanceof AnotherBotRunning) || Date.now() > giveUpAtMs) throw error;
      log.warn({ store: settings.store }, 'Another bot holds this store; waiting in case it lets go');
      await sleep(2_000);
    }
  }
}

/** Waits for the first signal to stop; a second one ends the process at once. */
async function untilStopSignal(log: Log, exit: (code: number) => void): Promise<'told'> {
  const name = await new Promise<string>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
  });
  log.info({ signal: name }, 'Stopping: finishing work in progress');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => exit(1));
  return 'told';
}

/**
 * Finds tokens that are about to be shown to the wrong host.
 *
 * Tokens of `countersign sandbox` belong to this machine, always; any other belongs elsewhere, unless the operator
 * says that what listens here, a proxy for instance, is meant.
 */
export function addressProblems(settings: Settings, isLoopbackAllowed: boolean): readonly Problem[] {
  const { botToken, appToken, rotation, apiUrl = 'https://slack.com/api/' } = settings.slack;
  const { clientSecret, refreshToken } = rotation ?? {};
  const places: readonly Place[] = [
    {
      path: 'SLACK_API_URL',
      addresses: [apiUrl],
      secrets: textsIn({ botToken, appToken, clientSecret, refreshToken }, everything).filter(Boolean),
    },
    ...settings.servers.map(({ kind, server, secrets }) => ({
      path: `${kind.key} ${server.name}`,
      addresses: textsIn(server, /^(hostname|baseUrl|tokenUrl|issuer)$/),
      secrets: textsIn(secrets, everything),
    })),
  ];
  return places.flatMap((place) => problemsOf(place, isLoopbackAllowed));
}

/** Where secrets are sent, and which. */
interface Place {
  readonly path: string;
  readonly addresses: readonly string[];
  readonly secrets: readonly string[];
}

function problemsOf({ path, addresses, secrets }: Place, isLoopbackAllowed: boolean): readonly Problem[] {
  const far = addresses.find((address) => !isLoopback(address));
  const near = addresses.find(isLoopback);
  if (far !== undefined && secrets.some(isOfSandbox)) {
    const expected = `secrets of its own for ${far}; those of countersign sandbox are for this machine only`;
    return [{ path, expected, found: 'a secret of countersign sandbox' }];
  }
  if (near !== undefined && !isLoopbackAllowed && secrets.some((secret) => !isOfSandbox(secret))) {
    const expected = 'an address on another machine, or the secrets of countersign sandbox';
    const found = `${near}, to which a real secret would be sent`;
    return [{ path, expected, found, example: 'countersign start --allow-loopback, where a proxy is meant' }];
  }
  return [];
}

function isOfSandbox(secret: string): boolean {
  return /^(sandbox|xoxb-sandbox|xapp-sandbox)-/.test(secret);
}

/** Takes an address, or a bare host with or without a port. */
function isLoopback(address: string): boolean {
  const url = /^https?:\/\//i.test(address) ? address : `https://${address}`;
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\])\.?$/.test(host);
}

const everything = /^/;

/** Lists the texts under names that fit, at any depth. */
function textsIn(value: unknown, name: RegExp): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'string' ? (name.test(key) ? [inner] : []) : textsIn(inner, name),
  );
}
