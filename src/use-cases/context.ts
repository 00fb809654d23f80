import type { Absence } from '../domain/absence.js';
import type { Approval } from '../domain/approval.js';
import type { InstanceRef } from '../domain/instance.js';
import type { Anchor, RecordSigner } from '../domain/ledger.js';
import {
  canBeNamedByNone,
  isSamePerson,
  type Naming,
  type Person,
  type PersonId,
  personKey,
} from '../domain/person.js';
import type { Delegation, Policy } from '../domain/policy.js';
import type { Click } from '../domain/voting.js';
import type { PersonAccess, WorkflowBackend } from '../ports/backend.js';
import type { Asker, Chat } from '../ports/chat.js';
import { ChatError } from '../ports/errors.js';
import type { HmacSigner, Log, Metrics, SecretBox } from '../ports/runtime.js';
import type { Store, Transaction } from '../ports/store.js';
import { defined } from '../shared/language.js';

/**
 * Looks somebody up afresh, with what the bot itself knows of their rights, and remembers them.
 *
 * Throws `ChatError` when the chat cannot tell, which must count as a no.
 */
export async function lookUpPerson(
  { chat, store, now }: Pick<Context, 'chat' | 'store' | 'now'>,
  id: PersonId,
): Promise<Person> {
  return rememberPerson(store, await chat.lookUpPerson(id), now());
}

/** Remembers somebody who was looked up just now, and adds their rights. */
export async function rememberPerson(
  transaction: Transaction,
  person: Person,
  nowMs: number,
): Promise<Person> {
  await transaction.rememberPerson(person, nowMs);
  return withRights(transaction, person);
}

/** Gives somebody as last looked up, with their rights as they are now; absent when never looked up. */
export async function recallPerson(transaction: Transaction, id: PersonId): Promise<Person | undefined> {
  const person = await transaction.recallPerson(id);
  return person && withRights(transaction, person);
}

/** Adds to a person what the bot knows of their rights and of the accounts they linked. */
async function withRights(transaction: Transaction, person: Person): Promise<Person> {
  const links = await transaction.listLinks(person.id);
  const linkedAs = Object.fromEntries(links.map(({ system, username }) => [system, username]));
  return {
    ...person,
    ...((await transaction.findSuspension(person.id)) ? { isSuspended: true } : {}),
    ...(links.length > 0 ? { linkedAs } : {}),
  };
}

/** Who is away now, and the places they have left to others, each with its approver as last looked up. */
export interface Away {
  readonly absences: readonly Absence[];
  readonly delegations: readonly Delegation[];
}

/** Gives who is away now. Of an approver nobody ever looked up no place is left to anybody. */
export async function whoIsAway({ now }: Pick<Context, 'now'>, transaction: Transaction): Promise<Away> {
  const nowMs = now();
  const absences = (await transaction.listAbsences()).filter(({ untilMs }) => untilMs > nowMs);
  const delegations: Delegation[] = [];
  for (const { person, delegate, rule } of absences) {
    const approver = delegate && (await recallPerson(transaction, person));
    if (delegate && approver) delegations.push({ approver, delegate, ...defined({ rule }) });
  }
  return { absences, delegations };
}

/** Looks those up afresh who have left somebody their place. Throws `ChatError`. */
export async function checkApprovers(context: Context, delegate: PersonId): Promise<void> {
  for (const { approver, ...one } of (await whoIsAway(context, context.store)).delegations) {
    if (isSamePerson(one.delegate, delegate)) await lookUpPerson(context, approver.id);
  }
}

/**
 * Tells that none of these rules names somebody, without asking the chat about them: a flood of clicks by people who
 * may decide nothing costs none of the look-ups that those who may decide need.
 *
 * Who is in a user group is asked at most every few minutes; where that cannot be told, nobody is ruled out.
 */
export async function isNamedByNone(
  { chat }: Pick<Context, 'chat'>,
  id: PersonId,
  rules: readonly Naming[],
): Promise<boolean> {
  if (canBeNamedByNone(id, rules)) return true;
  try {
    const named = await Promise.all(rules.map((rule) => namedPeople({ chat }, rule)));
    return !named.flat().some((one) => isSamePerson(one, id));
  } catch (error) {
    if (error instanceof ChatError) return false;
    throw error;
  }
}

/** Lists everybody a rule names, those in its groups included, each once. Throws `ChatError`. */
export async function namedPeople(
  { chat }: Pick<Context, 'chat'>,
  { people, groups = [] }: Naming,
): Promise<readonly PersonId[]> {
  const members = await Promise.all(groups.map((group) => chat.membersOf(group)));
  return [...new Map([...people, ...members.flat()].map((id) => [personKey(id), id])).values()];
}

/** A click with what is stored about it, inside its transaction. */
export interface StoredWork {
  readonly context: Context;
  readonly transaction: Transaction;
  readonly click: Click;
  readonly approval: Approval;
}

/** A click with everything known about it and its person, inside its transaction. */
export interface ClickWork extends StoredWork {
  readonly person: Person;
  /** Whether the bot may speak for them; `linked` where it speaks for itself. */
  readonly link: LinkState;
}

/** A command with the person who typed it, just looked up. */
export interface CommandWork {
  readonly context: Context;
  readonly person: Person;
  readonly asker: Asker;
}

/** Slack takes answers at a response address for this long; after that it is only a secret lying around. */
const keepMs = 30 * 60_000;

/** Forgets response addresses, modals and invitations to link an account that are of no use any more. */
export async function forgetSecrets(context: Context): Promise<void> {
  await context.store.forgetSecrets(context.now() - keepMs);
  await context.store.forgetLinkRequests(context.now());
}

/** Makes a short code that was never given out; codes grow when the short ones run out. */
export async function unusedCode(transaction: Transaction, context: Context): Promise<string> {
  for (let tries = 0; ; tries += 1) {
    const code = context.newCode(4 + Math.floor(tries / 5));
    if (!(await transaction.isCodeTaken(code))) return code;
  }
}

/** Gives the short code of a run, and gives out a new one if it has none. */
export async function codeOfRun(
  transaction: Transaction,
  context: Context,
  ref: InstanceRef,
): Promise<string> {
  const known = await transaction.codeOf(ref);
  if (known !== undefined) return known;
  const code = await unusedCode(transaction, context);
  await transaction.addCode(code, ref);
  return code;
}

/** What every use case works with; time, ids and randomness are given, so that a test can turn them by hand. */
export interface Context {
  readonly store: Store;
  readonly chat: Chat;
  /** System name → backend. */
  readonly backends: ReadonlyMap<string, WorkflowBackend>;
  readonly policy: Policy;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Makes the records of the ledger provable. */
  readonly signer: HmacSigner;
  /** How people are spoken for; absent where no system is told decisions in their name. */
  readonly linking?: Linking;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Makes an opaque, unguessable id. */
  readonly newId: () => string;
  /** Makes a random short code of that many characters. */
  readonly newCode: (length: number) => string;
  /** Names this run of the bot, for leases. */
  readonly replicaId: string;
  /** After how many observations in a row without an answer the operators hear that a system is away. */
  readonly unreachableAfter: number;
  /** Systems of which the bot has been live since, by name; absent in shadow mode. */
  readonly settling?: Map<string, Settling>;
  /** Reads the settings to compare with those in force; throws where they cannot be read. Absent where none are named. */
  readonly readCandidate?: () => Policy;
  /** What evidence is made with, where it may be sent to operators; absent where it is only written on the host. */
  readonly evidence?: {
    readonly signerOf: (keyId: string) => RecordSigner | undefined;
    readonly readAnchors: () => Promise<readonly Anchor[]>;
  };
  /**
   * Tells whether `policy` and `backends` are those that are in force, in the transaction of what is decided by them;
   * absent where they never change.
   */
  readonly isInForce?: (transaction: Pick<Transaction, 'getNote'>) => Promise<boolean>;
  /** Hints that deliveries are due; never waits for them. */
  readonly scheduleDelivery: () => void;
}

/** How far the bot has come with a system since it went live. */
export interface Settling {
  readonly sinceMs: number;
  /** When the first whole poll had ended; absent until then, and nothing is decided. */
  readonly wholeAtMs?: number;
  /** Ids of the approvals that were open in shadow mode. */
  readonly left: readonly string[];
}

/**
 * Tells whether a system has not been read whole since the bot went live, so that nothing is decided yet.
 *
 * Another replica may have read it meanwhile, which the store says.
 */
export async function isSettling({ settling, store }: Context, system: string): Promise<boolean> {
  const known = settling?.get(system);
  if (!known || known.wholeAtMs !== undefined) return false;
  const text = await store.getNote(`settling/${system}`);
  const noted: Settling = JSON.parse(text || '{}');
  if (noted.wholeAtMs === undefined) return true;
  settling?.set(system, noted);
  return false;
}

/** Tells whether an approval waited when the bot went live: a digest announces it, and its card calls nobody. */
export function isCarriedOver(
  { settling }: Pick<Context, 'settling'>,
  { instance, waitingSinceMs }: Pick<Approval, 'instance' | 'waitingSinceMs'>,
): boolean {
  const known = settling?.get(instance.ref.system);
  return known !== undefined && waitingSinceMs <= (known.wholeAtMs ?? Number.POSITIVE_INFINITY);
}

/** Finds the backend of a system; one that was taken out of the settings cannot be acted on. */
export function backendOf(context: Context, system: string): WorkflowBackend | undefined {
  return context.backends.get(system);
}

/** What the bot needs to speak for people who linked their accounts. */
export interface Linking {
  readonly secretBox: SecretBox;
  /** Address under which browsers reach the bot, without a slash at its end. */
  readonly publicUrl: string;
  /**
   * Gives what shows that the bot speaks for a person; `isFresh` asks the identity provider in any case.
   *
   * A link the provider does not honour any more is ended. Throws `BackendError` or `ContractError` when that
   * cannot be told just now.
   */
  accessOf(system: string, person: PersonId, how?: { readonly isFresh: boolean }): Promise<AccessResult>;
  /** Stores tokens that the store did not take when they were new; never throws. */
  saveHeld(): Promise<void>;
  /** Forgets what was had for a person, since the system does not take it. */
  forgetAccess(system: string, person: PersonId): void;
}

/** What came of asking for the right to speak for somebody. */
export type AccessResult =
  | { readonly kind: 'access'; readonly access: PersonAccess; readonly username: string }
  | { readonly kind: 'not-linked' }
  /** They had linked an account, which cannot be used any more. */
  | { readonly kind: 'ended' };

/** How somebody stands who wants to decide: with a link that is good, without, or with one that has ended. */
export type LinkState = 'linked' | 'missing' | 'ended';
