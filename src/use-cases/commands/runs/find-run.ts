import { mayRun } from '../../../domain/change.js';
import { type Instance, isSameRef } from '../../../domain/instance.js';
import { mayDecide } from '../../../domain/may-decide.js';
import type { Reply } from '../../../domain/reply.js';
import type { Verb } from '../../../domain/verb.js';
import { nearMatch } from '../../../shared/near-match.js';
import type { CommandWork } from '../command-work.js';
import { askSystems } from './ask-systems.js';
import { rowsOf } from './rows.js';

/** A run somebody may run a verb on, or the answer that says why not. */
export type FoundRun =
  | { readonly kind: 'found'; readonly instance: Instance }
  | { readonly kind: 'reply'; readonly reply: Reply };

const mostChoices = 25;

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
  const { results, silent } = await askSystems(context, (backend) =>
    backend.operations.find?.(typed.trim(), mostChoices),
  );
  const known = distinct(results.flat());
  const visible = known.filter((instance) => maySee(work, verb, instance));
  const [only] = visible;
  if (visible.length > 1) {
    const rows = await rowsOf(context, visible.slice(0, mostChoices));
    return reply({ kind: 'ambiguous', typed, rows });
  }
  if (only) return { kind: 'found', instance: await readAgain(work, only) };
  const hidden = known.find((instance) => isNamed(instance, typed));
  if (hidden) return allowed(work, verb, hidden);
  const near = silent.length === 0 ? await codeNear(work, verb, typed.trim()) : undefined;
  if (near !== undefined) {
    return reply({ kind: 'usage', verb, problem: { kind: 'unknown-word', typed, near } });
  }
  return reply({ kind: 'not-found', typed, silent });
}

function reply(found: Reply): FoundRun {
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
  const usable = instances.filter((instance) => maySee(work, verb, instance));
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

function allowed(work: CommandWork, verb: Verb, instance: Instance): FoundRun {
  if (maySee(work, verb, instance)) return { kind: 'found', instance };
  const may = mayRun(work.person, verb, targetOf(instance), work.context.policy.operators);
  return may.kind === 'yes' ? { kind: 'found', instance } : reply({ kind: 'not-allowed', verb, why: may });
}

/** Rules allow a verb; approvers may besides look at what they decide about. */
export function maySee({ context, person }: CommandWork, verb: Verb, instance: Instance): boolean {
  if (mayRun(person, verb, targetOf(instance), context.policy.operators).kind === 'yes') return true;
  const isChecking = verb === 'status' || verb === 'why' || verb === 'history';
  return isChecking && mayDecide(person, instance, context.policy).kind === 'yes';
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
