import type { Approval } from '../../domain/approval.js';
import { requesterOf } from '../../domain/card.js';
import { mayRun } from '../../domain/change.js';
import type { Verb } from '../../domain/commands.js';
import { boundToLink } from '../../domain/link.js';
import { isSamePerson, type Naming, namedBy, type PersonId } from '../../domain/person.js';
import { identitiesOf, type Policy } from '../../domain/policy.js';
import type { CommonReply, HealthReport, SystemHealth, WhoReport } from '../../domain/reply.js';
import { lastDays, type Report } from '../../domain/report.js';
import type { ShadowSum } from '../../domain/shadow.js';
import type { Simulation } from '../../domain/simulation.js';
import { type Suspension, unmappedApprovers } from '../../domain/voting.js';
import type { WorkflowBackend } from '../../ports/backend.js';
import { asError, defined, messageOf } from '../../shared/language.js';
import type { CommandWork, Context } from '../context.js';
import { type AwayResult, type BackResult, comeBack, goAway } from '../delegation.js';
import { openApprovalsOf } from '../home.js';
import { record, recordedPerson } from '../ledger/record.js';
import { heldSince } from '../ledger/verify.js';
import { invite, readKept, recordLink, takeBackTokens } from '../links/account-linking.js';
import { collectGauges, respondedAt, silenceOf, watchCards } from '../monitoring.js';
import { notifyOperators } from '../notifications/notify.js';
import { type NudgeResult, nudgePeople } from '../notifications/remind.js';
import { composeReport } from '../report.js';
import { sumShadow } from '../shadow.js';
import { simulate } from '../simulate.js';
import type { VerbRuns } from './find-run.js';

/** What the verbs of this file show. */
export type AccountReply =
  /** Somebody's rights are given back; `was` is absent if they were not suspended. */
  | { readonly kind: 'restored'; readonly person: PersonId; readonly was?: Suspension }
  | { readonly kind: 'doctor'; readonly health: HealthReport }
  /** A link was ended; whether the identity provider knows it too. */
  | {
      readonly kind: 'unlinked';
      readonly label: string;
      readonly username: string;
      readonly provider: 'revoked' | 'unsupported' | 'failed';
    }
  | { readonly kind: 'not-linked'; readonly system: string; readonly label: string }
  /** No system fits what was typed, or several do; those where accounts are linked are named. */
  | { readonly kind: 'which-system'; readonly verb: Verb; readonly systems: readonly string[] }
  | { readonly kind: 'whoami'; readonly who: WhoReport }
  /** What live mode would have done; `isLive` where shadow mode is over, or never was. */
  | { readonly kind: 'simulation'; readonly simulation: Simulation }
  /** The settings name no candidate, or it cannot be read; `problem` says why. */
  | { readonly kind: 'no-candidate'; readonly problem?: string }
  | { readonly kind: 'report'; readonly report: Report }
  | { readonly kind: 'shadow'; readonly sum: ShadowSum; readonly isLive: boolean }
  | AwayResult
  | BackResult;

type Reply = AccountReply | CommonReply;

/** The verbs about people and about the bot itself: each is run by the line in its name. */
export const accountVerbs = {
  whoami: (work) => showWho(work),
  doctor: (work) => showHealth(work),
  link: (work, line) => linkAccount(work, line.system),
  unlink: (work, line) => unlinkAccount(work, line.system),
  restore: (work, line) => restoreRights(work, line.userId),
  shadow: (work, line) => showShadow(work, line.days),
  simulate: (work, line) => simulateCandidate(work, line.days),
  report: (work, line) => showReport(work, line.days),
  away: ({ context, asker: { person } }, { until, userId, rule }) =>
    goAway(context, person, {
      until,
      ...defined({ rule, delegate: userId === undefined ? undefined : { teamId: person.teamId, userId } }),
    }),
  back: ({ context, asker }) => comeBack(context, asker.person),
} satisfies VerbRuns<Reply>;

/** Invites whoever asks to link their account. */
async function linkAccount(work: CommandWork, typed: string | undefined): Promise<Reply> {
  const { context, person } = work;
  const backend = named(work, typed);
  if (!backend) return whichSystem(work, 'link');
  const { system, label } = backend;
  const link = await context.store.findLink(system, person.id);
  const requestId = await invite(context, context.store, { system, person: person.id });
  return { kind: 'link', system, label, requestId, ...defined({ username: link?.username }) };
}

/** Ends the link of whoever asks: here for good, then at the identity provider. */
async function unlinkAccount(work: CommandWork, typed: string | undefined): Promise<Reply> {
  const { context, person } = work;
  const backend = named(work, typed);
  if (!backend) return whichSystem(work, 'unlink');
  const { system, label, personSignIn: signIn } = backend;
  const link = await context.store.inTransaction(async (transaction) => {
    const found = await transaction.findLink(system, person.id);
    if (!found || !(await transaction.removeLink(found.id))) return undefined;
    await recordLink(context, transaction, { link: found, did: 'unlinked' });
    return found;
  });
  if (!link) return { kind: 'not-linked', system, label };
  context.linking?.forgetAccess(system, person.id);
  const kept = context.linking?.secretBox.unlock(link.token, boundToLink(link));
  const about = { system, person: person.id.userId };
  const provider =
    signIn && kept !== undefined
      ? await takeBackTokens({ log: context.log, signIn, about }, readKept(kept))
      : 'failed';
  return { kind: 'unlinked', label, username: link.username, provider };
}

/** Finds the system meant among those where accounts are linked; the only one need not be named. */
function named({ context }: CommandWork, typed: string | undefined): WorkflowBackend | undefined {
  const linked = [...context.backends.values()].filter(({ personSignIn }) => personSignIn !== undefined);
  if (typed === undefined) return linked.length === 1 ? linked[0] : undefined;
  const wanted = typed.toLowerCase();
  return linked.find(({ system, label }) => [system, label].some((name) => name.toLowerCase() === wanted));
}

function whichSystem({ context }: CommandWork, verb: 'link' | 'unlink'): Reply {
  const linked = [...context.backends.values()].filter(({ personSignIn }) => personSignIn !== undefined);
  return { kind: 'which-system', verb, systems: linked.map(({ system }) => system) };
}

/**
 * Gives somebody's suspended rights back, and tells the operators.
 *
 * Rights hold everywhere, so only a rule that is about every system and workflow lets an operator restore them;
 * nobody restores their own, since whoever is suspended may run nothing.
 */
async function restoreRights({ context, person, asker }: CommandWork, userId: string): Promise<Reply> {
  const rules = context.policy.operators.filter(({ systems, definitions }) => !systems && !definitions);
  const may = mayRun(person, 'restore', { system: '', definition: '' }, rules);
  if (may.kind !== 'yes') return { kind: 'not-allowed', verb: 'restore', why: may };
  const whom: PersonId = { teamId: asker.person.teamId, userId };
  const was = await context.store.inTransaction(async (transaction) => {
    const suspension = await transaction.findSuspension(whom);
    if (!suspension) return undefined;
    await transaction.restore(whom);
    const note = { whom: recordedPerson(context, whom), receipt: suspension.receipt, now: 'restored' };
    await record(context, transaction, {
      system: '',
      kind: 'rights',
      person: recordedPerson(context, person.id),
      note,
    });
    const event = { kind: 'restored', person: whom, by: person.id } as const;
    await notifyOperators(context, transaction, `restored:${context.newId()}`, event);
    return suspension;
  });
  context.scheduleDelivery();
  return { kind: 'restored', person: whom, ...defined({ was }) };
}

const dayMs = 24 * 60 * 60_000;

/** Adds up what live mode would have done; about every system, so a rule for single ones does not do. */
async function showShadow({ context, person }: CommandWork, days: number): Promise<Reply> {
  const rules = context.policy.operators.filter(({ systems, definitions }) => !systems && !definitions);
  const may = mayRun(person, 'shadow', { system: '', definition: '' }, rules);
  if (may.kind !== 'yes') return { kind: 'not-allowed', verb: 'shadow', why: may };
  const sum = await sumShadow(context, context.now() - days * dayMs);
  return { kind: 'shadow', sum, isLive: context.policy.shadow === undefined };
}

/** Plays stored requests against the candidate; about every system, so a rule for single ones does not do. */
async function simulateCandidate({ context, person }: CommandWork, days: number): Promise<Reply> {
  const { policy, readCandidate, store, now } = context;
  const rules = policy.operators.filter(({ systems, definitions }) => !systems && !definitions);
  const may = mayRun(person, 'simulate', { system: '', definition: '' }, rules);
  if (may.kind !== 'yes') return { kind: 'not-allowed', verb: 'simulate', why: may };
  if (!readCandidate) return { kind: 'no-candidate' };
  let after: Policy;
  try {
    after = readCandidate();
  } catch (error) {
    context.log.warn({ err: asError(error) }, 'The candidate settings could not be read');
    return { kind: 'no-candidate', problem: messageOf(error) };
  }
  const before = policy.shadow?.live ?? policy;
  return {
    kind: 'simulation',
    simulation: await simulate(store, { before, after, sinceMs: now() - days * dayMs }),
  };
}

/** Adds up what was decided; about every system, so a rule for single ones does not do. */
async function showReport({ context, person }: CommandWork, days: number): Promise<Reply> {
  const rules = context.policy.operators.filter(({ systems, definitions }) => !systems && !definitions);
  const may = mayRun(person, 'report', { system: '', definition: '' }, rules);
  if (may.kind !== 'yes') return { kind: 'not-allowed', verb: 'report', why: may };
  const { timeZone = 'UTC' } = context.policy.report ?? {};
  return { kind: 'report', report: await composeReport(context, lastDays(context.now(), days, timeZone)) };
}

/** Shows what the bot knows about whoever asks, and which rules name them. */
function showWho({ context, person }: CommandWork): Reply {
  const { policy, backends } = context;
  const isNamed = (rule: Naming) => namedBy(rule, person) === 'yes';
  const links = [...backends.values()]
    .filter(({ personSignIn }) => personSignIn !== undefined)
    .map(({ system, label }) => {
      const username = person.linkedAs?.[system];
      return { system, label, ...defined({ username }) };
    });
  return {
    kind: 'whoami',
    who: {
      person,
      identities: [...backends.values()].map(({ system, label }) => ({
        label,
        names: identitiesOf(person, system, policy),
      })),
      ...(links.length > 0 ? { links } : {}),
      approverRules: policy.approvers.filter(isNamed).map(({ name }) => name),
      operatorRules: policy.operators.filter(isNamed).map(({ name, verbs }) => ({ name, verbs })),
    },
  };
}

/** Shows operators how the bot and the systems stand, and why an approval has no card; only what their rules name. */
export async function showHealth({ context, person }: CommandWork): Promise<Reply> {
  const { backends, policy } = context;
  const rules = policy.operators;
  // Whoever may look at one kind of workflow of a system may know how that system stands.
  const wide = rules.map(({ definitions: _any, ...rule }) => rule);
  const verdicts = [...backends.keys()].map((system) => ({
    system,
    may: mayRun(person, 'doctor', { system, definition: '' }, wide),
  }));
  const systems = verdicts.filter(({ may }) => may.kind === 'yes').map(({ system }) => system);
  const [refused] = verdicts.map(({ may }) => may).filter((may) => may.kind !== 'yes');
  if (systems.length === 0)
    return { kind: 'not-allowed', verb: 'doctor', why: refused ?? { kind: 'no-rule' } };
  const without = (await watchCards(context)).filter(({ approval }) => {
    const { ref, definition } = approval.instance;
    const target = { system: ref.system, definition: definition.name };
    return mayRun(person, 'doctor', target, rules).kind === 'yes';
  });
  const { outbox } = await collectGauges(context);
  const restored = await heldSince(context.store);
  return {
    kind: 'doctor',
    health: {
      systems: await Promise.all(systems.map((system) => healthOf(context, system))),
      ...defined({ restoreHeldSinceMs: restored?.atMs }),
      withoutCard: without.map(({ approval, why }) => ({
        approval,
        label: labelOf(context, approval.instance.ref.system),
        why,
      })),
      outbox: outbox.filter(({ pending }) => pending > 0),
      incidents: await incidentsOf(
        context,
        systems,
        (target) => mayRun(person, 'doctor', target, rules).kind === 'yes',
      ),
      lostPlaces: await context.store.listLostPlaces(),
      unmapped: unmappedApprovers(policy, systems).map(({ system, ...gap }) => ({
        ...gap,
        label: labelOf(context, system),
      })),
    },
  };
}

function labelOf({ backends }: Context, system: string): string {
  return backends.get(system)?.label ?? system;
}

async function healthOf(context: Context, system: string): Promise<SystemHealth> {
  const { store, policy } = context;
  const respondedAtMs = await respondedAt(store, system);
  const silence = await silenceOf(store, system);
  return {
    label: labelOf(context, system),
    ...defined({ respondedAtMs }),
    ...(silence
      ? {
          silence: {
            sinceMs: silence.sinceMs,
            polls: silence.count,
            ...defined({ fault: silence.fault }),
          },
        }
      : {}),
    hasAlerts: policy.alerts.isOn,
  };
}

async function incidentsOf(
  context: Context,
  systems: readonly string[],
  may: (target: { readonly system: string; readonly definition: string }) => boolean,
): Promise<HealthReport['incidents']> {
  const open = await Promise.all(systems.map((system) => context.store.listOpenIncidents(system)));
  const unshown = new Set(await context.store.listUnshownAlerts());
  const known = open.flat().filter(({ system, definition }) => may({ system, definition: definition.name }));
  return known.map(({ id, code, system, definition, unresolved }) => ({
    code,
    label: labelOf(context, system),
    definition: definition.name,
    unresolved,
    ...(unshown.has(id) ? { isUnshown: true as const } : {}),
  }));
}

/** What the verbs of this file show. */
export type RequestReply =
  /** What somebody asked for and is still open, the latest first; `total` of all. */
  | { readonly kind: 'mine'; readonly approvals: readonly Approval[]; readonly total: number }
  | NudgeResult
  /** Nothing that somebody asked for and that waits has this code. */
  | { readonly kind: 'not-requested'; readonly typed: string };

type RequestsReply = RequestReply | CommonReply;

/** The verbs of whoever asked for something: each is run by the line in its name. */
export const requestVerbs = {
  mine: (work) => showRequested(work),
  nudge: (work, { code }) => nudge(work, code),
} satisfies VerbRuns<RequestsReply>;

const mostListed = 20;

async function showRequested(work: CommandWork): Promise<RequestsReply> {
  const { store } = work.context;
  const { requested } = await openApprovalsOf(work);
  const approvals: Approval[] = [];
  for (const { approvalId } of requested.slice(0, mostListed)) {
    const approval = await store.findApproval(approvalId);
    if (approval) approvals.push(approval);
  }
  return { kind: 'mine', approvals, total: requested.length };
}

/** What is not theirs is as if it were not there. */
async function nudge({ context, person }: CommandWork, typed: string): Promise<RequestsReply> {
  const { store, policy } = context;
  const ref = await store.findByCode(typed.trim().toUpperCase());
  const approval = ref && (await store.latestApprovalOf(ref));
  const requester = approval && requesterOf(approval, policy);
  const isTheirs = requester !== undefined && isSamePerson(requester, person.id);
  const result = approval && isTheirs ? await nudgePeople(context, approval.id, person.id) : undefined;
  return result ?? { kind: 'not-requested', typed };
}
