import type { CheckUp, NamedInRule, Needed } from '../../ports/backend.js';
import { BackendError, isBackendFailure } from '../../ports/errors.js';
import { matchesPattern, nearMatch } from '../../shared/text.js';
import { checkClock } from '../../use-cases/monitoring.js';
import type { KeyfactorClient } from './client.js';
import { listDefinitions } from './operations.js';
import type { KeyfactorServer } from './settings.js';
import type { StepWire } from './wire.js';

/**
 * Checks a server: whether it answers, what the account may do there, and by whose clock it goes.
 *
 * Reads only. Whether the account may manage workflows shows nowhere but in doing so, and is not tried.
 */
export async function checkServer(
  client: KeyfactorClient,
  needed: Needed,
  nowMs: number,
): Promise<readonly CheckUp[]> {
  const { server } = client;
  if (needed.isReadOnly) return checkReader(client, needed, nowMs);
  const waiting = await ask(client, {
    path: '/Workflow/Instances/AssignedToMe',
    can: 'sees what waits for it',
    permission: '/workflows/instances/read/pending/',
  });
  if (!waiting.answer) return [{ ...waiting.check, name: `${server.name}: answers` }];
  const all = await ask(client, {
    path: '/Workflow/Instances',
    can: 'sees every workflow',
    permission: '/workflows/instances/read/',
    without: 'results, failures and searches are cut to what the account is asked itself',
  });
  const definitions = await ask(client, {
    path: '/Workflow/Definitions',
    can: 'reads definitions',
    permission: '/workflows/definitions/read/',
    without: 'cards do not say how many approvals a step wants, and of whom',
  });
  return [
    { name: `${server.name}: answers`, verdict: 'good', detail: `signed in at ${server.hostname}` },
    checkClock(server.name, waiting.answer.date, nowMs),
    waiting.check,
    all.check,
    definitions.check,
    ...(client.hasUnreadableFailures ? [unreadableFailures(server)] : []),
    ...(needed.changes ? [manages(server)] : []),
    ...(await checkDefinitions(client, needed.named, definitions.check.verdict === 'good')),
  ];
}

/** Checks what shadow mode needs, and no more: reading every workflow, and the definitions. */
async function checkReader(
  client: KeyfactorClient,
  needed: Needed,
  nowMs: number,
): Promise<readonly CheckUp[]> {
  const { server } = client;
  const all = await ask(client, {
    path: '/Workflow/Instances',
    can: 'sees every workflow',
    permission: '/workflows/instances/read/',
  });
  if (!all.answer) return [{ ...all.check, name: `${server.name}: answers` }];
  const definitions = await ask(client, {
    path: '/Workflow/Definitions',
    can: 'reads definitions',
    permission: '/workflows/definitions/read/',
  });
  return [
    { name: `${server.name}: answers`, verdict: 'good', detail: `signed in at ${server.hostname}` },
    checkClock(server.name, all.answer.date, nowMs),
    all.check,
    definitions.check,
    ...(client.hasUnreadableFailures ? [unreadableFailures(server)] : []),
    ...(await checkDefinitions(client, needed.named, definitions.check.verdict === 'good')),
  ];
}

interface RequestPart {
  readonly path: Parameters<KeyfactorClient['probe']>[0];
  readonly can: string;
  readonly permission: string;
  /** What the bot does without; it cannot work at all where this is absent. */
  readonly without?: string;
}

async function ask(
  client: KeyfactorClient,
  { path, can, permission, without }: RequestPart,
): Promise<{ readonly check: CheckUp; readonly answer?: { readonly date: string | undefined } }> {
  const { server } = client;
  const name = `${server.name}: ${can}`;
  try {
    const answer = await client.probe(path);
    if (answer.isPermitted) return { answer, check: { name, verdict: 'good', detail: permission } };
    const lacks = `the account lacks ${permission}`;
    const fix = `grant ${permission} to a role of the account`;
    if (without === undefined) return { answer, check: { name, verdict: 'bad', detail: lacks, fix } };
    return { answer, check: { name, verdict: 'unknown', detail: `${lacks}; without it ${without}`, fix } };
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return { check: { name, verdict: 'bad', detail: error.message, fix: fixOf(error, server) } };
  }
}

function unreadableFailures({ name }: KeyfactorServer): CheckUp {
  return {
    name: `${name}: tells failures`,
    verdict: 'bad',
    detail: 'states come as numbers, and which number means failed could not be learned, so alerts are off',
    fix: 'grant /workflows/instances/read/ to a role of the account; the number is learned once a workflow stands failed',
  };
}

function manages({ name }: KeyfactorServer): CheckUp {
  return {
    name: `${name}: may stop and restart`,
    verdict: 'unknown',
    detail: 'only doing so shows it, and that was not tried',
    fix: 'see that a role of the account has /workflows/instances/manage/ and /workflows/instances/read/',
  };
}

function fixOf({ code }: BackendError, { hostname, auth }: KeyfactorServer): string {
  switch (code) {
    case 'sign-in':
      return `see that the account (${auth.kind}) exists, may sign in, and that its secret is right`;
    case 'unreachable':
    case 'timeout':
      return `see that this machine reaches ${hostname}, and that its certificate is trusted (caCert)`;
    case 'not-found':
      return 'see that apiPath is where the API of Command is';
    default:
      return `see the log of ${hostname}`;
  }
}

/** The steps of more are not looked through; the same account and roles serve most of them. */
const mostDefinitions = 20;

/** Compares what definitions are, and what their steps ask for, with what rules name and the account may do. */
async function checkDefinitions(
  client: KeyfactorClient,
  named: readonly NamedInRule[],
  isReadable: boolean,
): Promise<readonly CheckUp[]> {
  const { name: system } = client.server;
  try {
    const listed = await listNames(client, named);
    if (!isReadable) return checkNames(system, named, listed);
    const types = await client.listTypes();
    const definitions = await listDefinitions(client, '');
    const opened = [];
    for (const definition of definitions.slice(0, mostDefinitions))
      opened.push({ definition, steps: (await client.getSteps(definition.id, definition.version)) ?? [] });
    const isWhole = definitions.length <= mostDefinitions;
    const steps = opened.flatMap((one) => one.steps);
    return [
      ...checkNames(system, named, {
        ...listed,
        type: types?.length === 0 ? undefined : types,
        definition: definitions.flatMap(({ id, name }) => [name, id]),
        step: isWhole
          ? steps.flatMap(({ uniquename, displayname }) => [uniquename ?? [], displayname ?? []].flat())
          : undefined,
      }),
      ...opened.flatMap((one) => roleLines(system, one.definition.name, one.steps)),
    ];
  } catch (error) {
    if (!isBackendFailure(error)) throw error;
    return [
      { name: `${system}: roles`, verdict: 'unknown', detail: `steps cannot be read: ${error.message}` },
    ];
  }
}

/** Where the names of what rules may ask for are read, and what an account needs for that. */
const nameLists = {
  template: { path: '/Templates', permission: '/certificate_templates/read/' },
  authority: { path: '/CertificateAuthority', permission: '/certificate_authorities/read/' },
} as const;

/** Reads the templates and authorities there are, each only if a rule names one. */
async function listNames(client: KeyfactorClient, named: readonly NamedInRule[]): Promise<KnownNames> {
  const read = async (condition: keyof typeof nameLists) => {
    if (!named.some((one) => one.condition === condition)) return undefined;
    const names = await client.listNames(nameLists[condition].path);
    return names?.length === 0 ? undefined : names;
  };
  return { template: await read('template'), authority: await read('authority') };
}

type KnownNames = Readonly<Partial<Record<NamedInRule['condition'], readonly string[] | undefined>>>;

/** Finds what rules name and the server does not have: such a rule never counts, and a laxer one may. */
function checkNames(system: string, named: readonly NamedInRule[], known: KnownNames): readonly CheckUp[] {
  const judged = named.filter(({ condition }) => known[condition] !== undefined);
  const strange = judged.filter(
    ({ condition, pattern }) => !known[condition]?.some((one) => matchesPattern(one, pattern)),
  );
  const isSound = judged.length > 0 && strange.length === 0;
  const sound = {
    name: `${system}: names in rules`,
    verdict: 'good',
    detail: 'each fits something that is there',
  } as const;
  const wrong = strange.map(({ rule, condition, pattern }) => {
    const near = nearMatch(pattern, known[condition] ?? []);
    return {
      name: `${system}: names in rules`,
      verdict: 'bad',
      detail: `“${rule}” names the ${condition} ${pattern}, which fits none there`,
      fix: near === undefined ? `see which ${condition}s there are in Command` : `did you mean ${near}?`,
    } as const;
  });
  return [
    ...(isSound ? [sound] : wrong),
    ...unreadNames(
      system,
      named.filter(({ condition }) => known[condition] === undefined),
    ),
  ];
}

/** Says which names nobody compared, and what the account would need for that. */
function unreadNames(system: string, unread: readonly NamedInRule[]): readonly CheckUp[] {
  if (unread.length === 0) return [];
  const permissions = Object.entries(nameLists).flatMap(([condition, { permission }]) =>
    unread.some((one) => one.condition === condition) ? [permission] : [],
  );
  const compare = 'compare them with the names in Command; a rule whose names fit nothing never counts';
  const texts = [...new Set(unread.map(({ condition, pattern }) => `${condition} ${pattern}`))];
  return [
    {
      name: `${system}: other names in rules`,
      verdict: 'unknown',
      detail: `what there is cannot be read from here: ${texts.join(', ')}`,
      fix: permissions.length === 0 ? compare : `grant ${permissions.join(' and ')} for this, or ${compare}`,
    },
  ];
}

/**
 * Lists which roles the approval steps of a definition ask for.
 *
 * Command tells nobody which roles an account holds unless it may read security, which the bot should not.
 */
function roleLines(system: string, definition: string, steps: readonly StepWire[]): readonly CheckUp[] {
  return steps.flatMap((step) => {
    const roles = step.signals.flatMap((signal) => signal.roles.map(({ rolename }) => rolename ?? ''));
    const distinct = [...new Set(roles)].filter((role) => role !== '');
    return distinct.length > 0
      ? [roleLine(system, `${definition}, ${step.displayname ?? ''}`, distinct)]
      : [];
  });
}

function roleLine(system: string, step: string, roles: readonly string[]): CheckUp {
  return {
    name: `${system}: role for ${step}`,
    verdict: 'unknown',
    detail: `asks for ${roles.join(' or ')}; which roles the account holds cannot be read`,
    fix: 'see in Command that the account holds one of them, else the step never reaches the bot',
  };
}
