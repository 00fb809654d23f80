import { type Approval, isPlanned, type Vote } from '../domain/approval.js';
import { priorities, type VoidReason } from '../domain/notification.js';
import { isSamePerson } from '../domain/person.js';
import { approverRuleFor, mayDecide, type Policy } from '../domain/policy.js';
import { votesOn } from '../domain/voting.js';
import { replicaPrefix, type Store, type Transaction } from '../ports/store.js';
import { defined } from '../shared/language.js';
import { advance } from './approvals/advance.js';
import { type Context, recallPerson, whoIsAway } from './context.js';
import { notifyPerson } from './notifications/notify.js';
import { basisOf, findingsOfBasis, isOutdated } from './show-card.js';

/** The rules have changed since somebody began to work by them; nothing was written, and it is to be begun anew. */
export class RulesChanged extends Error {
  override readonly name = 'RulesChanged';
}

/**
 * Goes on only if the rules of a context are those in force, in the transaction of what is decided by them.
 *
 * Throws `RulesChanged`.
 */
export async function checkRules(context: Context, transaction: Transaction): Promise<void> {
  if (!(await areRulesInForce(context, transaction)))
    throw new RulesChanged('The rules have changed meanwhile');
}

/** Tells whether the rules of a context are those in force. */
export async function areRulesInForce(
  { isInForce }: Pick<Context, 'isInForce'>,
  transaction: Pick<Transaction, 'getNote'>,
): Promise<boolean> {
  return isInForce === undefined || isInForce(transaction);
}

/** Which rules the replicas on a store go by: the hash of those in force, and the hash of those each has loaded. */
interface Agreement {
  readonly inForce?: string;
  readonly loaded: Readonly<Record<string, string>>;
}

const agreementKey = 'rules';

async function readAgreement(transaction: Pick<Transaction, 'getNote'>): Promise<Agreement> {
  const text = await transaction.getNote(agreementKey);
  return text === undefined ? { loaded: {} } : JSON.parse(text);
}

/** Tells whether the rules with a hash are those that the replicas have agreed on. */
export async function areAgreed(transaction: Pick<Transaction, 'getNote'>, hash: string): Promise<boolean> {
  return (await readAgreement(transaction)).inForce === hash;
}

/** Gives the hash of the rules that each living replica has loaded last; undefined of one that has told of none. */
export async function listLoadedRules(
  store: Pick<Store, 'getNote' | 'listLeaseReplicaIds'>,
  nowMs: number,
): Promise<ReadonlyMap<string, string | undefined>> {
  const { loaded } = await readAgreement(store);
  const living = await store.listLeaseReplicaIds(replicaPrefix, nowMs);
  return new Map(living.map((replicaId) => [replicaId, loaded[replicaId]]));
}

/**
 * Says that this replica has loaded rules, and puts them in force once every replica that lives has loaded the same.
 *
 * What is to happen with that (`onSwitch`) happens in the same transaction, once.
 */
export async function offerRules(
  context: Pick<Context, 'store' | 'replicaId' | 'now'>,
  hash: string,
  onSwitch: (transaction: Transaction) => Promise<void> = async () => {},
): Promise<Offer> {
  const { store, replicaId, now } = context;
  const living = store.isShared ? await store.listLeaseReplicaIds(replicaPrefix, now()) : [];
  const others = living.filter((one) => one !== replicaId);
  return store.inTransaction(async (transaction): Promise<Offer> => {
    const before = await readAgreement(transaction);
    const { inForce, loaded } = before;
    const behind = others.filter((one) => loaded[one] !== hash).length;
    const known = others.flatMap((one): [string, string][] => (loaded[one] ? [[one, loaded[one]]] : []));
    const agreed = behind === 0 ? hash : inForce;
    const next: Agreement = {
      ...defined({ inForce: agreed }),
      loaded: Object.fromEntries([...known, [replicaId, hash]]),
    };
    // Whoever decides meanwhile reads this note, and would have to begin anew if it was written for nothing.
    if (!isSameAgreement(before, next)) await transaction.putNote(agreementKey, JSON.stringify(next));
    if (agreed === hash && inForce !== hash) await onSwitch(transaction);
    return { isInForce: agreed === hash, others: behind };
  });
}

function isSameAgreement(one: Agreement, other: Agreement): boolean {
  const plain = ({ inForce, loaded }: Agreement) => JSON.stringify([inForce, Object.entries(loaded).sort()]);
  return plain(one) === plain(other);
}

/** What came of offering rules; `others`: how many replicas have loaded other rules, or have told of none. */
interface Offer {
  readonly isInForce: boolean;
  readonly others: number;
}

/**
 * Takes out the votes of those whom the rules in force do not let decide any more, and tells them; has the cards drawn
 * anew whose rule or findings are not as `before`, or all of them where that is not known.
 *
 * No quorum is filled by that and nothing is sent: a decision that is held is checked by the same rules before it
 * leaves. Safe to repeat after a crash.
 */
export async function applyRules(context: Context, before?: Policy): Promise<void> {
  const { store } = context;
  for await (const { id } of store.eachOpenApproval())
    await store.inTransaction((transaction) => applyTo(context, transaction, { id, before }));
  context.scheduleDelivery();
}

async function applyTo(
  context: Context,
  transaction: Transaction,
  { id, before }: { readonly id: string; readonly before: Policy | undefined },
): Promise<void> {
  const approval = await transaction.findApproval(id);
  if (!approval || approval.state.kind === 'ended') return;
  // Votes behind a decision are checked before that is sent.
  const isWaiting = approval.state.kind === 'waiting';
  const votes = isWaiting ? votesOn(await transaction.listVotes(id), approval.revision) : [];
  const basis = basisOf(approval, context.policy);
  const [outdated, lost]: [Vote[], Vote[]] = [[], []];
  for (const vote of votes) {
    if (!(await stands(context, transaction, approval, vote))) lost.push(vote);
    else if (isOutdated(vote, basis)) outdated.push(vote);
  }
  if (outdated.length + lost.length > 0) {
    const left = await voidVotes(context, transaction, { approval, lost, why: 'rights' });
    await voidVotes(context, transaction, { approval: left, lost: outdated, why: 'findings' });
  } else if (!before || !isShownSame(approval, before, context.policy)) {
    // Whoever could stop a rule has its whole hold for what the card says from now on.
    if (isPlanned(approval)) await advance(context, { transaction, approval }, { kind: 'hold-reset' });
    else await transaction.saveApproval(approval, priorities.progress, context.now());
  }
}

/** Takes votes out that do not stand any more, and tells whoever gave them; gives the approval as it is then. */
export async function voidVotes(
  context: Context,
  transaction: Transaction,
  {
    approval,
    lost,
    why,
  }: { readonly approval: Approval; readonly lost: readonly Vote[]; readonly why: VoidReason },
): Promise<Approval> {
  if (lost.length === 0) return approval;
  for (const { person } of lost) await transaction.removeVote(approval.id, person);
  const changed = await advance(context, { transaction, approval }, { kind: 'votes-changed' });
  const notice = { kind: 'vote-void', approval: changed?.approval ?? approval, why } as const;
  for (const { person, atMs } of lost)
    await notifyPerson(context, transaction, person, `vote-void:${approval.id}:${atMs}`, notice);
  return notice.approval;
}

/** A vote stands while whoever gave it may decide, in the seat it was given in. */
async function stands(
  context: Context,
  transaction: Transaction,
  { instance }: Approval,
  { person: id, seat }: Vote,
): Promise<boolean> {
  const person = await recallPerson(transaction, id);
  // Whoever was never looked up has no vote; nobody is ruled out by what is not known.
  if (!person) return true;
  const { delegations } = await whoIsAway(context, transaction);
  const may = mayDecide(person, instance, context.policy, delegations);
  if (may.kind === 'group-not-checked') return true;
  // Older versions did not store which groups were read.
  if (may.kind === 'not-an-approver' && may.rule.groups?.length && !person.checkedGroups) return true;
  if (may.kind !== 'yes') return false;
  return seat ? (may.seats?.some((one) => isSamePerson(one.person, seat.person)) ?? false) : !may.seats;
}

/** Tells whether a card shows the same rule and the same findings by either policy. */
function isShownSame(approval: Approval, before: Policy, now: Policy): boolean {
  const [was, is] = [before, now].map((policy) =>
    JSON.stringify([approverRuleFor(approval.instance, policy), findingsOfBasis(basisOf(approval, policy))]),
  );
  return was === is;
}
