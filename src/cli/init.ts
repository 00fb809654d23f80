import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { parseEnv } from 'node:util';
import { isMap, parseDocument } from 'yaml';
import {
  createEnvironment,
  ledgerVariables,
  readSlackProxy,
  slackVariables,
  storePassword,
  tokenVariables,
} from '../config/environment.js';
import { looksSecret, type Problem } from '../config/problems.js';
import { isChannelId } from '../config/schema.js';
import { backendKinds } from '../config/servers.js';
import { ConfigError, formatProblems, loadSettings, type Settings } from '../config.js';
import { createLog } from '../log.js';
import type { CheckUp } from '../ports/backend.js';
import { defined } from '../shared/language.js';
import { isPostgresUrl } from '../shared/text.js';
import { createSlackSetup, type SlackSetup } from '../slack/doctor.js';
import { checkUpStore } from '../stores/index.js';
import { checkServer, doctor, renderCheck } from './doctor.js';
import { manifest, type SettingsSource } from './settings.js';

/** How the settings of a new bot are to be written. */
export interface InitCommand extends SettingsSource {
  /** The file of variables; `countersign.env` beside the settings unless named. */
  readonly envFile: string | undefined;
  /** Public address, where Slack is to call the bot. */
  readonly httpUrl: string | undefined;
  /** Replies to questions, each as `name=value`. */
  readonly given: readonly string[];
  /** Whether nothing is asked: what is proposed counts, and what has no proposal must be given. */
  readonly takesDefaults: boolean;
  readonly input: PromptInput;
  readonly output: NodeJS.WritableStream;
}

/** The questions `--set` may reply to before they come up, and what each is about. */
const questions = {
  'shadow.channel': 'Channel for shadow mode, which shows everything there (#name or id)',
  'slack.operatorsChannel': 'Channel for problems of Countersign itself (#name or ID)',
  'slack.fallbackChannel': 'Channel for cards that no route claims (#name or id)',
  'keyfactor.hostname': 'Host of the Command server, such as keyfactor.example.com',
  'keyfactor.name': 'Name of this server in rules and logs: lowercase letters, digits, dashes',
  'keyfactor.apiPath': 'Path of its API (Keyfactor/API in containers)',
  'keyfactor.caCert': 'File with the certificate authority of the server; empty for the default ones',
  'keyfactor.auth.kind': 'How to sign in there: oauth, basic or token',
  'keyfactor.auth.tokenUrl': 'Address of the token endpoint',
  'keyfactor.auth.clientId': 'Client that signs in',
  'keyfactor.auth.scopes': 'Scopes to request, separated by spaces; empty for none',
  'keyfactor.auth.audience': 'Audience to request; empty for none',
  'keyfactor.auth.domain': 'Domain of the service account; empty for none',
  'keyfactor.auth.username': 'Username of the service account',
  people:
    'Someone who approves: member ID in Slack and username in Command, such as U02AB3CD4 CORP\\aruiz; empty when done',
  store: 'File that data is stored in, or address of a PostgreSQL database (postgres://…)',
} as const;

type Question = keyof typeof questions;

/**
 * Writes the settings and the secrets of a bot: asks for what is missing, and checks each reply as it comes.
 *
 * What is in the files already stays as it is, so that a second run asks only for the rest. Secrets come from the
 * environment or are typed without echo. Returns the exit code: 1 where something is wrong, 2 where something is missing.
 */
export async function init(command: InitCommand): Promise<number> {
  const prompter = createPrompter(command.input, command.output);
  try {
    const session = openSession(command, prompter);
    await askSlack(session);
    await askServer(session);
    await askPeople(session);
    await askStore(session);
    await askSecrets(session);
    if (!(await write(session))) return 1;
  } catch (error) {
    if (!(error instanceof NotFinished)) throw error;
    process.stderr.write(`\n${error.message}\nNothing was written.\n`);
    return error.code;
  } finally {
    prompter.close();
  }
  const { file, env } = command;
  const variables = joined(env, readVariables(envFileOf(command)));
  const code = await doctor({ file, env: variables, isJson: false });
  prompter.print(nextSteps(file, envFileOf(command), code));
  return code;
}

/** Thrown where there is nothing to go on with. */
class NotFinished extends Error {
  readonly code: 1 | 2;
  constructor(message: string, code: 1 | 2) {
    super(message);
    this.code = code;
  }
}

/** What has been found out so far; nothing of it is written before the end. */
interface Session {
  readonly command: InitCommand;
  readonly prompter: Prompter;
  readonly document: ReturnType<typeof parseDocument>;
  /** Whether the settings are there already. */
  readonly isThere: boolean;
  readonly given: ReadonlyMap<string, readonly string[]>;
  /** Variables in the file, those it will have, and those of the process. */
  readonly inFile: Readonly<Record<string, string>>;
  readonly added: Map<string, string>;
  /** Settings that are new, as paths. */
  readonly changes: Set<string>;
}

function openSession(command: InitCommand, prompter: Prompter): Session {
  const isThere = existsSync(command.file);
  const document = parseDocument(isThere ? readFileSync(command.file, 'utf8') : firstSettings);
  if (document.errors.length > 0 || !isMap(document.contents)) {
    throw new NotFinished(
      `${command.file} is not a settings file that can be extended; correct or move it.`,
      2,
    );
  }
  const inFile = readVariables(envFileOf(command));
  return {
    command,
    prompter,
    document,
    isThere,
    given: readGiven(command.given),
    inFile,
    added: new Map(),
    changes: new Set(),
  };
}

const firstSettings = `# Settings of Countersign, begun by countersign init. docs/settings.md lists every setting; secrets are in the environment.

# In shadow mode Countersign shows in one channel what it would have asked of whom, and decides nothing.
# Once you trust it: mode: live.
mode: shadow
`;

const proposal = `# What is over is kept for good until you say otherwise; 400 days are proposed:
# retention:
#   approvals: 400d
#   alerts: 400d
#   changes: 400d
`;

function envFileOf({ envFile, file }: InitCommand): string {
  return envFile ?? join(dirname(file), 'countersign.env');
}

function readVariables(file: string): Readonly<Record<string, string>> {
  return existsSync(file) ? (parseEnv(readFileSync(file, 'utf8')) as Record<string, string>) : {};
}

/** Reads `--set name=value`; a secret there would stand in the list of processes and in the history of the shell. */
function readGiven(texts: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const given = new Map<string, readonly string[]>();
  for (const text of texts) {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    if (!Object.hasOwn(questions, name)) {
      const names = Object.keys(questions).join(', ');
      throw new NotFinished(
        `--set takes none called "${name || 'that'}", and no secret. There are: ${names}.`,
        2,
      );
    }
    if (looksSecret(value)) {
      throw new NotFinished(
        `--set ${name} holds what looks like a secret; those come from the environment.`,
        2,
      );
    }
    given.set(name, [...(given.get(name) ?? []), value]);
  }
  return given;
}

/** The environment the bot will be started in, as far as it is known. */
function environmentOf({ command: { env }, inFile, added }: Session) {
  return joined(env, { ...inFile, ...Object.fromEntries(added) });
}

/** What the file says of a secret counts, however it says it: as a value or as the path of a file. */
function joined(
  env: SettingsSource['env'],
  variables: Readonly<Record<string, string>>,
): SettingsSource['env'] {
  const counts = new Set(
    Object.keys(variables).flatMap((name) => [name.replace(/_FILE$/, ''), `${name}_FILE`]),
  );
  const rest = Object.entries(env).filter(([name]) => !counts.has(name));
  return { ...Object.fromEntries(rest), ...variables };
}

function readEnvironment(session: Session) {
  return createEnvironment(environmentOf(session), (path) => readFileSync(path));
}

/** Puts a question, unless `--set` has the reply; gives what is proposed where nothing is typed. */
async function ask(session: Session, question: Question, proposed?: string): Promise<string> {
  const [given] = session.given.get(question) ?? [];
  if (given !== undefined) return given;
  const missing = `${question} is missing: --set ${question}=… sets it. ${questions[question]}.`;
  if (session.command.takesDefaults) {
    if (proposed === undefined) throw new NotFinished(missing, 2);
    return proposed;
  }
  for (;;) {
    const hint = proposed === undefined || proposed === '' ? '' : ` [${proposed}]`;
    const typed = await session.prompter.ask(`${questions[question]}${hint}: `);
    if (typed === undefined) throw new NotFinished(missing, 2);
    if (typed !== '') return typed;
    if (proposed !== undefined) return proposed;
  }
}

/** Asks for a secret without echo, unless the environment has it. */
async function askSecret(session: Session, name: string, meaning: string): Promise<string> {
  const missing = `${name} is missing: set it in the environment, or ${name}_FILE to the path of a file that holds it.`;
  if (session.command.takesDefaults) throw new NotFinished(missing, 2);
  const typed = await session.prompter.ask(`${name}: ${meaning.replace(/\.$/, '')} (not shown): `, {
    isSecret: true,
  });
  if (typed === undefined) throw new NotFinished(missing, 2);
  add(session, name, typed);
  return typed;
}

/** Asks a yes-or-no question; whoever takes defaults has said yes. */
async function confirms(session: Session, question: string): Promise<boolean> {
  if (session.command.takesDefaults) return true;
  return /^y(es)?$/i.test((await session.prompter.ask(`${question} [y/N]: `)) ?? '');
}

/** Asks again where something is wrong and somebody is there to say something else. */
async function triesAgain(session: Session, checks: readonly CheckUp[]): Promise<boolean> {
  const isWrong = checks.some(({ verdict }) => verdict === 'bad');
  return isWrong && !session.command.takesDefaults && (await confirms(session, 'Enter it again?'));
}

function report(session: Session, checks: readonly CheckUp[]): void {
  for (const check of checks) session.prompter.print(`${renderCheck(check).join('\n')}\n`);
}

function set(session: Session, path: readonly (string | number)[], value: unknown): void {
  session.document.setIn(path, session.document.createNode(value));
  session.changes.add(path.join('.'));
}

const textAt = ({ document }: Session, ...path: readonly string[]): string | undefined => {
  const value: unknown = document.getIn(path);
  return typeof value === 'string' ? value : undefined;
};

async function askSlack(session: Session): Promise<void> {
  const { document, command, prompter } = session;
  const { botToken, appToken, signingSecret } = slackVariables;
  if (!readEnvironment(session).has(botToken.name)) {
    const how =
      'Create the Slack app: at https://api.slack.com/apps choose "Create New App", "From a manifest", and paste';
    prompter.print(`${how}\n\n${manifest(command.httpUrl)}\nThen install it, and get its tokens.\n\n`);
  }
  const { setup, teamId } = await signIn(session);
  if (!document.hasIn(['slack', 'mode']))
    set(session, ['slack', 'mode'], command.httpUrl ? 'http' : 'socket');
  if (!document.hasIn(['slack', 'team'])) set(session, ['slack', 'team'], teamId);
  if (textAt(session, 'slack', 'mode') === 'http') {
    if (!readEnvironment(session).has(signingSecret.name)) {
      await askSecret(session, signingSecret.name, signingSecret.meaning);
    }
    if (command.httpUrl && !document.hasIn(['http', 'publicUrl'])) {
      set(session, ['http', 'publicUrl'], command.httpUrl.replace(/\/+$/, ''));
    }
  } else {
    await checkedSecret(session, appToken, async (token) => {
      const checks = await setup.checkAppToken(token);
      report(session, checks);
      return checks.every(({ verdict }) => verdict !== 'bad');
    });
  }
  if (textAt(session, 'mode') === 'shadow') await askChannel(session, setup, 'shadow.channel');
  const proposed = textAt(session, 'shadow', 'channel');
  await askChannel(session, setup, 'slack.operatorsChannel', proposed);
  await askChannel(session, setup, 'slack.fallbackChannel', proposed);
}

async function signIn(session: Session): Promise<{ readonly setup: SlackSetup; readonly teamId: string }> {
  if (readEnvironment(session).has(slackVariables.refreshToken.name)) {
    const sentence = `${slackVariables.refreshToken.name} is set, and works once: signing in here would use it up. Write the settings by hand.`;
    throw new NotFinished(sentence, 2);
  }
  let found: { readonly setup: SlackSetup; readonly teamId: string } | undefined;
  await checkedSecret(session, slackVariables.botToken, async (botToken) => {
    const environment = readEnvironment(session);
    const apiUrl = environment.read(slackVariables.apiUrl.name);
    const proxy = readSlackProxy(
      textAt(session, 'slack', 'proxy'),
      { botToken, ...defined({ apiUrl }) },
      environment,
    );
    const log = createLog({ level: 'silent' });
    const setup = createSlackSetup({ botToken, apiUrl, proxy, log });
    const command = textAt(session, 'slack', 'command') ?? '/workflow';
    const team = textAt(session, 'slack', 'team');
    const { checks, teamId } = await setup.signIn({ team, features: { command } });
    report(session, checks);
    if (teamId !== undefined) found = { setup, teamId };
    return teamId !== undefined;
  });
  if (!found) throw new NotFinished('Slack was not reached.', 1);
  return found;
}

/** Takes a secret from the environment, or asks for it until Slack takes it. */
async function checkedSecret(
  session: Session,
  { name, meaning }: { readonly name: string; readonly meaning: string },
  isGood: (secret: string) => Promise<boolean>,
): Promise<void> {
  const environment = readEnvironment(session);
  const known = environment.readSecret(name);
  const [problem] = environment.problems();
  if (problem)
    throw new NotFinished(`${problem.path}: expected ${problem.expected}; found ${problem.found}.`, 2);
  if (known !== undefined) {
    if (!(await isGood(known))) throw new NotFinished(`${name} of the environment does not work.`, 1);
    keep(session, name);
    return;
  }
  while (!(await isGood(await askSecret(session, name, meaning))));
}

/** Has the file of variables hold what only this process knows. */
function keep(session: Session, name: string): void {
  for (const one of [name, `${name}_FILE`]) {
    const value = session.command.env[one];
    if (value !== undefined && value !== '' && session.inFile[one] === undefined)
      add(session, one, value.trim());
  }
}

/** Shells, Docker and systemd read these characters alike; any other in a secret goes into a file of its own. */
const plain = /^(?!~|.*[:=]~)[A-Za-z0-9_./:@%+=,~-]*$/;

/** Has the file of variables hold one more; what it could not hold is refused here, before more is typed. */
function add({ command, added }: Session, name: string, value: string): void {
  const isPath = name.endsWith('_FILE');
  const path = isPath || plain.test(value) ? value : ownFile(envFileOf(command), name);
  if (!plain.test(path)) {
    // Docker takes quotes for a part of the value, where shells and systemd need them.
    const why = `shells, Docker and systemd would read ${path} differently in an environment file`;
    const how = isPath
      ? 'move that file to a path without blanks, quotes and backslashes'
      : 'let --config name a folder whose path has no blanks, quotes and backslashes';
    throw new NotFinished(`${name}${isPath ? ':' : ' needs a file of its own, but'} ${why}; ${how}.`, 2);
  }
  added.set(name, value);
}

function ownFile(envFile: string, name: string): string {
  return resolve(dirname(envFile), `${name.toLowerCase()}.secret`);
}

async function askChannel(
  session: Session,
  setup: SlackSetup,
  question: Question,
  proposed?: string,
): Promise<void> {
  const path = question.split('.');
  if (session.document.hasIn(path)) return;
  for (;;) {
    const text = await ask(session, question, proposed);
    const { check, id } = isChannelId(text)
      ? { check: await setup.checkChannel(text), id: text }
      : await setup.findChannel(text);
    report(session, [check]);
    if (id !== undefined) return set(session, path, id);
    if (session.given.has(question) || session.command.takesDefaults) {
      throw new NotFinished(`${question}: "${text}" was not found.`, 1);
    }
  }
}

/** Lists the kinds of systems of which the settings have a server. */
function kindsIn({ document }: Session) {
  return backendKinds.filter(({ key }) => {
    const list = document.toJS()[key];
    return Array.isArray(list) && list.length > 0;
  });
}

async function askServer(session: Session): Promise<void> {
  const isNew = kindsIn(session).length === 0;
  for (;;) {
    if (isNew) set(session, ['keyfactor'], [await askCommand(session)]);
    const misfit = isNew ? misfitsOf(session) : undefined;
    if (misfit !== undefined) {
      if (session.given.has('keyfactor.hostname') || session.command.takesDefaults) throw misfit;
      session.prompter.print(`${misfit.message}\n`);
      continue;
    }
    await askSecrets(session);
    // Of a server that stands in the settings already the doctor tells at the end.
    const checks = isNew ? await checkServers(session) : [];
    report(
      session,
      checks.filter(({ verdict }) => verdict !== 'unknown'),
    );
    if (!isNew || session.given.has('keyfactor.hostname') || !(await triesAgain(session, checks))) return;
    for (const name of session.added.keys()) if (name.startsWith('KEYFACTOR_')) session.added.delete(name);
  }
}

async function askCommand(session: Session) {
  const typed = await ask(session, 'keyfactor.hostname');
  const [, scheme = 'https', hostname = typed] = /^(https?):\/\/([^/]+)\/*$/i.exec(typed) ?? [];
  const apiPath = await ask(session, 'keyfactor.apiPath', 'KeyfactorAPI');
  const caCert = await ask(session, 'keyfactor.caCert', '');
  const name = await ask(session, 'keyfactor.name', 'corp');
  return {
    name,
    hostname,
    ...(scheme.toLowerCase() === 'http' ? { scheme: 'http' } : {}),
    ...(apiPath === 'KeyfactorAPI' ? {} : { apiPath }),
    ...(caCert === '' ? {} : { caCert: resolve(caCert) }),
    auth: await askAuth(session),
  };
}

async function askAuth(session: Session): Promise<object> {
  const kind = await ask(session, 'keyfactor.auth.kind', 'oauth');
  if (kind === 'basic') {
    const domain = await ask(session, 'keyfactor.auth.domain', '');
    const username = await ask(session, 'keyfactor.auth.username');
    return { kind, ...(domain === '' ? {} : { domain }), username };
  }
  if (kind !== 'oauth') return { kind };
  const tokenUrl = await ask(session, 'keyfactor.auth.tokenUrl');
  const clientId = await ask(session, 'keyfactor.auth.clientId', 'countersign');
  const scopes = (await ask(session, 'keyfactor.auth.scopes', '')).split(/\s+/).filter(Boolean);
  const audience = await ask(session, 'keyfactor.auth.audience', '');
  return {
    kind,
    tokenUrl,
    clientId,
    ...(scopes.length === 0 ? {} : { scopes }),
    ...(audience === '' ? {} : { audience }),
  };
}

/** Reads the settings as they would be written. */
function tryToLoad(session: Session): Settings | ConfigError {
  const { file } = session.command;
  try {
    const readFile = (path: string) =>
      path === file ? Buffer.from(session.document.toString()) : readFileSync(path);
    return loadSettings({ file, env: environmentOf(session), readFile });
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

/** A variable that has to be there and is not. */
function isMissingVariable({ path, found }: Problem): boolean {
  return /^[A-Z][A-Z0-9_]+$/.test(path) && found === 'nothing';
}

/** Says what is wrong with the settings besides secrets they still lack. */
function misfitsOf(session: Session): NotFinished | undefined {
  const loaded = tryToLoad(session);
  const problems =
    loaded instanceof ConfigError ? loaded.problems.filter((one) => !isMissingVariable(one)) : [];
  if (problems.length === 0) return undefined;
  return new NotFinished(formatProblems(new ConfigError(session.command.file, problems)), 2);
}

/** Asks for every secret that the settings need and the environment lacks; keys are made here. */
async function askSecrets(session: Session): Promise<void> {
  const { prompter } = session;
  const misfit = misfitsOf(session);
  if (misfit) throw misfit;
  const made = [ledgerVariables.key, tokenVariables.key];
  for (;;) {
    const loaded = tryToLoad(session);
    const problems = loaded instanceof ConfigError ? loaded.problems : [];
    const missing = problems.find(isMissingVariable);
    if (missing === undefined) break;
    const key = made.find(({ name }) => name === missing.path);
    if (key) makeKey(session, key.name);
    else await askSecret(session, missing.path, missing.expected.replace(/ Set [\s\S]*$/, ''));
  }
  const environment = readEnvironment(session);
  if (!environment.has(ledgerVariables.key.name)) {
    makeKey(session, ledgerVariables.key.name);
    prompter.print(
      `Made ${ledgerVariables.key.name}, which seals the ledger; keep a copy of it elsewhere.\n`,
    );
  }
}

function makeKey({ added }: Session, name: string): void {
  added.set(name, randomBytes(32).toString('hex'));
}

async function checkServers(session: Session): Promise<readonly CheckUp[]> {
  const settings = tryToLoad(session);
  if (settings instanceof ConfigError) return [];
  const log = createLog({ level: 'silent' });
  const found: CheckUp[] = [];
  for (const server of settings.servers) found.push(...(await checkServer(server, { settings, log })));
  return found;
}

async function askPeople(session: Session): Promise<void> {
  const { document, prompter, given } = session;
  if (['people', 'approvers', 'operators'].some((key) => document.hasIn([key]))) return;
  const settings = tryToLoad(session);
  if (settings instanceof ConfigError) return;
  const { slack, systems } = settings;
  const { botToken, apiUrl, proxy, team: teamId = '' } = slack;
  const setup = createSlackSetup({ botToken, apiUrl, proxy, log: createLog({ level: 'silent' }) });
  const system = systems.find(({ approvals }) => approvals === 'polled')?.name;
  const people: { id: string; name: string; identities?: Record<string, string> }[] = [];
  const rest = [...(given.get('people') ?? [])];
  const isGiven = rest.length > 0;
  for (;;) {
    const typed = isGiven ? (rest.shift() ?? '') : await ask(session, 'people', '');
    if (typed === '') break;
    const [userId = '', ...identity] = typed.split(/\s+/);
    const { check, name } = await setup.findPerson({ teamId, userId });
    report(session, [check]);
    if (name === undefined && isGiven) throw new NotFinished(`people: ${userId} cannot decide.`, 1);
    if (name === undefined) continue;
    const isTaken = people.some((one) => one.name === name);
    people.push({
      id: userId,
      name: isTaken ? `${name} (${userId})` : name,
      ...(system !== undefined && identity.length > 0
        ? { identities: { [system]: identity.join(' ') } }
        : {}),
    });
  }
  if (people.length === 0) {
    prompter.print('Nobody may decide anything until there are rules under approvers; docs/settings.md.\n');
    return;
  }
  const names = people.map(({ name }) => name);
  set(session, ['people'], people);
  set(session, ['approvers'], [{ name: 'Approvers', when: {}, people: names }]);
  set(session, ['operators'], [{ name: 'Operators', verbs: ['read'], people: names }]);
}

async function askStore(session: Session): Promise<void> {
  const { document, command } = session;
  if (document.hasIn(['store'])) return;
  for (;;) {
    const place = await ask(session, 'store', join(dirname(resolve(command.file)), 'countersign.db'));
    if (isPostgresUrl(place) && !readEnvironment(session).has(storePassword.name) && !command.takesDefaults) {
      await askSecret(session, storePassword.name, `${storePassword.meaning} Empty for none`);
      if (session.added.get(storePassword.name) === '') session.added.delete(storePassword.name);
    }
    const password = readEnvironment(session).read(storePassword.name);
    const checks = await checkUpStore(place, { password });
    report(session, checks);
    set(session, ['store'], place);
    if (session.given.has('store') || !(await triesAgain(session, checks))) return;
    session.added.delete(storePassword.name);
  }
}

/** Writes both files; what is there is added to only by somebody who was shown what, and nothing there is changed. */
async function write(session: Session): Promise<boolean> {
  const { command, document, isThere, changes, added, prompter } = session;
  const settings = tryToLoad(session);
  if (settings instanceof ConfigError) throw new NotFinished(formatProblems(settings), 2);
  const read = [
    ...Object.values(slackVariables),
    storePassword,
    ledgerVariables.key,
    ledgerVariables.previous,
  ];
  for (const { name } of read) keep(session, name);
  for (const { prefix } of kindsIn(session)) {
    for (const name of readEnvironment(session).namesWith(prefix)) keep(session, name);
  }
  const envFile = envFileOf(command);
  const isEnvThere = existsSync(envFile);
  const news = [
    ...(changes.size > 0 ? [`${command.file}: ${[...changes].join(', ')}`] : []),
    ...(added.size > 0 ? [`${envFile}: ${[...added.keys()].join(', ')}`] : []),
  ];
  if (news.length === 0) {
    prompter.print(`${command.file} and ${envFile} are complete; neither was changed.\n\n`);
    return true;
  }
  if (isThere || isEnvThere) {
    prompter.print(`To be added, and nothing else changed:\n  ${news.join('\n  ')}\n`);
    if (!(await confirms(session, 'Write this?'))) {
      prompter.print('Nothing was written.\n');
      return false;
    }
  }
  // Secrets first: somebody typed them, and settings that could not be written are soon found again.
  if (added.size > 0) writeVariables(envFile, added, isEnvThere);
  if (changes.size > 0) {
    const text = document.toString({ lineWidth: 0 });
    writeFileSync(command.file, isThere ? text : `${text}\n${proposal}`, isThere ? {} : { flag: 'wx' });
  }
  prompter.print(`Wrote ${news.join(' and ')}.\n\n`);
  return true;
}

function writeVariables(file: string, added: ReadonlyMap<string, string>, isThere: boolean): void {
  const lines = [...added].map(([name, value]) => {
    if (plain.test(value)) return `${name}=${value}`;
    let own = ownFile(file, name);
    // One that is there already is somebody's.
    for (let count = 2; existsSync(own); count += 1) own = ownFile(file, `${name}.${count}`);
    writeFileSync(own, value, { flag: 'wx', mode: 0o600 });
    return `${name}_FILE=${own}`;
  });
  const text = isThere
    ? readFileSync(file, 'utf8')
    : '# Secrets of Countersign; nobody else may read this.\n';
  const gap = text === '' || text.endsWith('\n') ? '' : '\n';
  if (isThere) chmodSync(file, statSync(file).mode & 0o700 & ~0o100);
  writeFileSync(file, `${text}${gap}${lines.join('\n')}\n`, isThere ? {} : { flag: 'wx', mode: 0o600 });
}

function nextSteps(file: string, envFile: string, code: number): string {
  const first =
    code === 0 ? 'Next:' : 'Fix what is marked ✗ (countersign doctor says when it is fixed), then:';
  return `
${first}

  set -a; . '${resolve(envFile)}'; set +a
  countersign settings --config '${file}'
  countersign start --config '${file}'
`;
}

/** Where lines are typed, or piped in. */
type PromptInput = NodeJS.ReadableStream & { readonly isTTY?: boolean };

/** Asks whoever sits at the terminal, one line at a time. */
interface Prompter {
  /** Gives the line that is typed, trimmed; undefined where nothing more will be. A secret is not shown. */
  ask(question: string, options?: { readonly isSecret?: boolean }): Promise<string | undefined>;
  print(text: string): void;
  close(): void;
}

/** Creates a prompter; at a terminal what is typed as a secret has no echo, and piped lines are never shown. */
export function createPrompter(input: PromptInput, output: NodeJS.WritableStream): Prompter {
  let isHidden = false;
  // The line editor echoes what is typed; only what it writes goes through here.
  const echo = new Writable({
    write(chunk, _encoding, done) {
      if (!isHidden) output.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input, output: echo, terminal: input.isTTY === true });
  const typed = lines[Symbol.asyncIterator]();
  return {
    async ask(question, { isSecret = false } = {}) {
      isHidden = isSecret;
      // At a terminal the editor has to know the prompt, or the first Backspace would wipe it out.
      if (isSecret || input.isTTY !== true) output.write(question);
      else {
        lines.setPrompt(question);
        lines.prompt();
      }
      const { value, done } = await typed.next();
      if (isSecret || input.isTTY !== true) output.write('\n');
      isHidden = false;
      return done ? undefined : String(value).trim();
    },
    print: (text) => void output.write(text),
    close: () => lines.close(),
  };
}
