import { mayRun, startableNamed } from '../../domain/change.js';
import { type CommandLine, type Verb, verbSpec } from '../../domain/commands.js';
import { type Instance, type InstanceRef, isSameRef } from '../../domain/instance.js';
import { mayDecide } from '../../domain/policy.js';
import type { CommonReply, Row } from '../../domain/reply.js';
import type { WorkflowBackend } from '../../ports/backend.js';
import type { Asker } from '../../ports/chat.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import { mapAtMost } from '../../shared/async.js';
import { nearMatch } from '../../shared/text.js';
import { type CommandWork, type Context, lookUpPerson, whoIsAway } from '../context.js';

/** What some verbs do, by their name: each answers a line that was typed, or says why not. */
export type VerbRuns<R> = {
  readonly [V in Verb]?: (
    work: CommandWork,
    line: Extract<CommandLine, { readonly verb: V }>,
  ) => Promise<R> | R;
};

const mostChoices = 100;

/** Offers runs for a verb: those that wait first, then the newest. Systems that cannot be asked offer none. */
export async function listCandidates(
  context: Context,
  verb: CommandLine['verb'],
  asker: Asker,
): Promise<readonly Row[]> {
  const person = await lookUpPerson(context, asker.person);
  const filter = { state: 'any', page: 1, pageSize: mostChoices } as const;
  const work = { context, person, asker };
  const { results } = await askSystems(context, (backend) =>
    canRun(backend, verb)
      ? (backend.operations.list?.(filter).then(({ instances }) => instances) ?? listKnown(context, backend))
      : undefined,
  );
  const seen = await filterAsync(results.flat(), (instance) => maySee(work, verb, instance));
  const isWaiting = (state: string): number => (state === 'suspended' ? 0 : 1);
  const sorted = [...seen].sort(
    (a, b) =>
      isWaiting(a.status.kind) - isWaiting(b.status.kind) || (b.startedAtMs ?? 0) - (a.startedAtMs ?? 0),
  );
  return rowsOf(context, sorted.slice(0, mostChoices));
}

/** Tells whether a system knows a verb; what only shows something, all do. */
function canRun({ operations }: WorkflowBackend, verb: Verb): boolean {
  return verbSpec(verb)?.changes !== true || operations.changes.some((one) => one === verb);
}

const mostKnown = 30;

const readsAtOnce = 4;

/**
 * Reads the runs of a system that lists none, as far as the bot knows them: it started them, was told of them or has
 * a code for them. The latest come first.
 */
export async function listKnown(
  { store }: Context,
  { system, getInstance }: WorkflowBackend,
): Promise<readonly Instance[]> {
  const refs = await store.listKnownRuns(system, mostKnown);
  const readings = await mapAtMost(readsAtOnce, refs, (ref) => getInstance(ref));
  return readings.flatMap((reading) => (reading.kind === 'found' ? [reading.instance] : []));
}

async function filterAsync<T>(all: readonly T[], keep: (one: T) => Promise<boolean>): Promise<readonly T[]> {
  const kept = await Promise.all(all.map(keep));
  return all.filter((_, index) => kept[index]);
}

/** A run somebody may run a verb on, or the answer that says why not. */
type FoundRun =
  | { readonly kind: 'found'; readonly instance: Instance }
  | { readonly kind: 'reply'; readonly reply: CommonReply };

const mostFound = 25;

/**
 * Finds the one run that was meant: by short code, id, reference number or words of its title.
 *
 * Shows nobody a run they may not see: what the rules do not allow is as if it were not there, unless it was
 * named exactly. A code that nearly fits is suggested and never taken for the one meant.
 */
export async function findRun(work: CommandWork, verb: Verb, typed: string): Promise<FoundRun> {
  const { context } = work;
  if (typed.trim() === '') return reply({ kind: 'usage', verb, problem: { kind: 'missing', what: 'ref' } });
  const byCode = await context.store.findByCode(typed.trim().toUpperCase());
  const exact = byCode && (await readByCode(work, byCode.system, byCode.id));
  if (exact) return allowed(work, verb, exact);
  const { results, silent } = await askSystems(context, async (backend) => {
    const found = (await backend.operations.find?.(typed.trim(), mostFound)) ?? [];
    return found.length > 0 || backend.operations.list ? found : findKnown(context, backend, typed.trim());
  });
  const known = distinct(results.flat());
  const visible = await filterAsync(known, (instance) => maySee(work, verb, instance));
  const [only] = visible;
  if (visible.length > 1) {
    const rows = await rowsOf(context, visible.slice(0, mostFound));
    return reply({ kind: 'ambiguous', typed, rows });
  }
  if (only) return { kind: 'found', instance: await readAgain(work, only) };
  const shown = await filterAsync(known, (instance) => maySee(work, 'status', instance));
  const hidden = known.find((instance) => isNamed(instance, typed)) ?? shown[0];
  if (hidden) return allowed(work, verb, hidden);
  const removedAtMs = byCode && (await context.store.findRemoval('code', typed.trim().toUpperCase()));
  if (removedAtMs !== undefined) return reply({ kind: 'removed', what: 'approval', removedAtMs });
  const near = silent.length === 0 ? await codeNear(work, verb, typed.trim()) : undefined;
  if (near !== undefined) {
    return reply({ kind: 'usage', verb, problem: { kind: 'unknown-word', typed, near } });
  }
  return reply({ kind: 'not-found', typed, silent });
}

/** Finds known runs of a system that searches nothing, by words of their title or of what people call the workflow. */
async function findKnown(
  context: Context,
  backend: WorkflowBackend,
  typed: string,
): Promise<readonly Instance[]> {
  const wanted = typed.toLowerCase();
  const named = startableNamed(
    context.policy.startables.filter(({ system }) => system === backend.system),
    { workflow: typed },
  );
  const definition = named.kind === 'one' ? named.startable.definition : undefined;
  const known = await listKnown(context, backend);
  return known.filter(
    (instance) => instance.title.toLowerCase().includes(wanted) || instance.definition.name === definition,
  );
}

function reply(found: CommonReply): FoundRun {
  return { kind: 'reply', reply: found };
}

async function readByCode(
  { context }: CommandWork,
  system: string,
  id: string,
): Promise<Instance | undefined> {
  const ref = { system, id };
  const reading = await context.backends.get(system)?.getInstance(ref);
  if (reading?.kind === 'found') return reading.instance;
  return (await context.store.latestApprovalOf(ref))?.instance;
}

/** An id or a reference number names a run; words of its title are a guess, and tell nobody that it is there. */
function isNamed({ ref, referenceId }: Instance, typed: string): boolean {
  const wanted = typed.trim().toLowerCase();
  return wanted === ref.id.toLowerCase() || wanted.replace(/^#?0*/, '') === referenceId;
}

/** Finds the short code that was nearly typed, among those on cards of what the asker may use the verb on. */
async function codeNear(work: CommandWork, verb: Verb, typed: string): Promise<string | undefined> {
  if (!/^[a-z0-9]{3,8}$/i.test(typed)) return undefined;
  const { store, backends } = work.context;
  const open = await Promise.all([...backends.keys()].map((system) => store.listOpenApprovals(system)));
  const instances = open.flat().map(({ instance }) => instance);
  const usable = await filterAsync(instances, (instance) => maySee(work, verb, instance));
  const codes = await Promise.all(usable.map(({ ref }) => store.codeOf(ref)));
  return nearMatch(
    typed,
    codes.filter((code) => code !== undefined),
  );
}

/** A list may know less of a run than the run itself. */
async function readAgain({ context }: CommandWork, instance: Instance): Promise<Instance> {
  const reading = await context.backends.get(instance.ref.system)?.getInstance(instance.ref);
  return reading?.kind === 'found' ? reading.instance : instance;
}

async function allowed(work: CommandWork, verb: Verb, instance: Instance): Promise<FoundRun> {
  if (await maySee(work, verb, instance)) return { kind: 'found', instance };
  const may = mayRun(work.person, verb, targetOf(instance), work.context.policy.operators);
  return may.kind === 'yes' ? { kind: 'found', instance } : reply({ kind: 'not-allowed', verb, why: may });
}

/** Rules allow a verb; approvers may besides look at what they decide about. */
export async function maySee(
  { context, person }: CommandWork,
  verb: Verb,
  instance: Instance,
): Promise<boolean> {
  if (mayRun(person, verb, targetOf(instance), context.policy.operators).kind === 'yes') return true;
  const isChecking = verb === 'status' || verb === 'why' || verb === 'history';
  if (!isChecking) return false;
  const { delegations } = await whoIsAway(context, context.store);
  const seen = await withApprovalFacts(context, instance);
  return mayDecide(person, seen, context.policy, delegations).kind === 'yes';
}

/**
 * Gives a run as its open approval shows it, where its workflow told of it: the system itself says nothing of what is
 * asked, and by whom.
 */
export async function withApprovalFacts({ store }: Context, instance: Instance): Promise<Instance> {
  const approval = await store.latestApprovalOf(instance.ref);
  return approval?.inbound && approval.state.kind !== 'ended' ? approval.instance : instance;
}

/** Names what rules speak of. */
export function targetOf(instance: Instance): { readonly system: string; readonly definition: string } {
  return { system: instance.ref.system, definition: instance.definition.name };
}

function distinct(instances: readonly Instance[]): readonly Instance[] {
  return instances.filter(
    (one, index) => instances.findIndex(({ ref }) => isSameRef(ref, one.ref)) === index,
  );
}

/** What every system said that could be asked, and the labels of those that could not. */
interface Heard<T> {
  readonly results: readonly T[];
  readonly silent: readonly string[];
}

/** Asks every system the same at once; one that cannot be reached is named and does not spoil the others. */
export async function askSystems<T>(
  context: Context,
  ask: (backend: WorkflowBackend) => Promise<T> | undefined,
): Promise<Heard<T>> {
  const results: T[] = [];
  const silent: string[] = [];
  const requested = [...context.backends.values()].map(async (backend) => {
    try {
      const reply = await ask(backend);
      if (reply !== undefined) results.push(reply);
    } catch (error) {
      if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
      context.log.warn({ system: backend.system, err: error }, 'A system could not be read');
      silent.push(backend.label);
    }
  });
  await Promise.all(requested);
  return { results, silent };
}

/** Makes a line of a list out of a run, with a short code that names it from then on. */
export async function rowOf(context: Context, instance: Instance): Promise<Row> {
  const label = context.backends.get(instance.ref.system)?.label ?? instance.ref.system;
  return { code: await codeFor(context, instance.ref), instance, label };
}

/** Makes lines of a list. */
export async function rowsOf(context: Context, instances: readonly Instance[]): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const instance of instances) rows.push(await rowOf(context, instance));
  return rows;
}

/** Gives the short code of a run, and gives out a new one if it has none; codes grow when short ones run out. */
export async function codeFor(context: Context, ref: InstanceRef): Promise<string> {
  return context.store.inTransaction(async (transaction) => {
    const known = await transaction.codeOf(ref);
    if (known !== undefined) return known;
    for (let tries = 0; ; tries += 1) {
      const code = context.newCode(4 + Math.floor(tries / 5));
      if (await transaction.addCode(code, ref)) return code;
    }
  });
}
