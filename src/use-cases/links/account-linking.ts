import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeOutcome } from '../../domain/change.js';
import {
  boundToLink,
  boundToRequest,
  type Link,
  type LinkRequest,
  linkRequestMs,
  mayLink,
  type PendingClick,
} from '../../domain/link.js';
import { isSamePerson, type Person, type PersonId, personKey } from '../../domain/person.js';
import { type Click, type ClickReply, signalsAsPerson } from '../../domain/voting.js';
import type {
  PersonSignIn,
  PersonTokens,
  RefreshResult,
  SignInResult,
  WorkflowBackend,
} from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import type { SecretBox } from '../../ports/runtime.js';
import type { AddLinkResult, Transaction } from '../../ports/store.js';
import { asError, defined } from '../../shared/language.js';
import type { AccessResult, ClickWork, Context, Linking, LinkState } from '../context.js';
import { record, recordedPerson } from '../ledger/record.js';
import { notifyPerson } from '../notifications/notify.js';

/**
 * Tells whether the bot may speak for somebody who decides, asking their identity provider afresh.
 *
 * While the provider cannot be asked a link counts as good: the decision then waits like for a system that is away.
 */
export async function checkLink(
  { linking, policy, log }: Context,
  { click, system }: { readonly click: Click; readonly system: string },
): Promise<LinkState> {
  const decides = click.verb === 'approve' || click.verb === 'deny';
  if (!decides || !signalsAsPerson(policy, system) || !linking) return 'linked';
  try {
    const { kind } = await linking.accessOf(system, click.person, { isFresh: true });
    if (kind === 'access') return 'linked';
    return kind === 'ended' ? 'ended' : 'missing';
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
    log.warn({ system, err: error }, 'Whether a link is still valid cannot be checked now');
    return 'linked';
  }
}

/** Invites whoever clicked to link their account, and remembers what they wanted. */
export async function askToLink(
  { context, transaction, click, approval }: ClickWork,
  linkState: Exclude<LinkState, 'linked'>,
): Promise<ClickReply> {
  const { system } = approval.instance.ref;
  const { approvalId, revision, output, comment, person } = click;
  const verb = click.verb === 'deny' ? 'deny' : 'approve';
  const press = {
    approvalId,
    revision,
    verb,
    ...defined({ output, comment: comment || undefined }),
  } as const;
  const requestId = await invite(context, transaction, { system, person, pendingClick: press });
  return { kind: 'link-needed', system, requestId, hasEnded: linkState === 'ended' };
}

/** What lets a change go out by the account of whoever asked for it, or why it cannot. */
export type OwnAccess =
  /** The bot's own account makes changes there. */
  | { readonly kind: 'own-account' }
  | Extract<AccessResult, { kind: 'access' }>
  | Extract<ChangeOutcome, { kind: 'not-linked' }>;

/** Gives what lets a change go out by the account of whoever asked for it, asking the identity provider afresh. */
export async function accessForChange(
  { linking, log }: Pick<Context, 'linking' | 'log'>,
  { system, changesAsPerson }: WorkflowBackend,
  person: PersonId,
): Promise<OwnAccess> {
  if (!changesAsPerson) return { kind: 'own-account' };
  try {
    const result = await linking?.accessOf(system, person, { isFresh: true });
    if (result?.kind === 'access') return result;
    return { kind: 'not-linked', linkState: result?.kind === 'ended' ? 'ended' : 'missing' };
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
    log.warn({ system, err: error }, 'No linked account can be used now');
    return { kind: 'not-linked', linkState: 'unchecked' };
  }
}

/** Who is about to be linked to what, as people know both. */
export interface LinkParties {
  readonly person: Pick<Person, 'id' | 'name'>;
  readonly system: string;
  readonly label: string;
}

/** Why an invitation leads nowhere: over, used, or never given out. */
type NoInvitation = { readonly kind: 'no-invitation' };

/** What an address to link at stands for. */
export type LinkPreview = ({ readonly kind: 'invited' } & LinkParties) | NoInvitation;

/** Where to send a browser that said yes. */
export type LinkBeginning = { readonly kind: 'sign-in'; readonly url: string } | NoInvitation | Away;

/** The identity provider did not answer. */
interface Away {
  readonly kind: 'away';
  readonly label: string;
}

/** What came of linking. */
export type LinkEnding =
  | ({
      readonly kind: 'linked';
      readonly username: string;
      readonly hasPendingClick: boolean;
      /** When the link ends by itself; absent where it can be renewed. */
      readonly endsAtMs?: number;
    } & LinkParties)
  | NoInvitation
  | Away
  /** Another browser began this. */
  | { readonly kind: 'other-browser' }
  | { readonly kind: 'cancelled' }
  /** What the browser brought was used before or is too old. */
  | { readonly kind: 'expired' }
  /** The person has linked another account there. */
  | ({ readonly kind: 'person-linked'; readonly username: string; readonly linked: string } & LinkParties)
  /** The account is linked to another person. */
  | ({ readonly kind: 'account-linked'; readonly username: string } & LinkParties)
  /** The settings say that the person has another account. */
  | ({ readonly kind: 'other-account'; readonly username: string } & LinkParties)
  /** The settings say that the account is another person's. */
  | ({ readonly kind: 'other-person'; readonly username: string } & LinkParties)
  /** The settings give another person a name that could be the account's. */
  | ({ readonly kind: 'maybe-other-person'; readonly username: string } & LinkParties);

/** Says whose account is about to be linked to what; nothing is used up. */
export async function previewLink(work: LinkWork, state: string): Promise<LinkPreview> {
  const open = await findOpen(work, state);
  return open ? { kind: 'invited', ...(await partiesOf(work, open.request)) } : { kind: 'no-invitation' };
}

/** Sends a browser off to sign in; `browser` is a secret that only this browser has. */
export async function beginLink(work: LinkWork, state: string, browser: string): Promise<LinkBeginning> {
  const { context, linking } = work;
  const open = await findOpen(work, state);
  if (!open) return { kind: 'no-invitation' };
  const { request, signIn } = open;
  try {
    const { url, verifier } = await signIn.beginSignIn({ redirectUri: redirectUriOf(linking), state });
    const locked = linking.secretBox.lock(verifier, boundToRequest(request));
    const begun = { browser: context.signer.hash(browser), verifier: locked };
    const isNoted = await context.store.beginLinkRequest(request.id, begun);
    return isNoted ? { kind: 'sign-in', url } : { kind: 'no-invitation' };
  } catch (error) {
    return awayAfter(work, request, error);
  }
}

/** Makes an invitation void that came to somebody else than whoever asked for it. */
export async function denyLink(work: LinkWork, state: string): Promise<void> {
  const open = await findOpen(work, state);
  if (!open || !(await work.context.store.takeLinkRequest(open.request.id))) return;
  const { system, person } = open.request;
  work.context.log.warn(
    { system, person: person.userId },
    'An invitation to link an account was denied: its reader said they are someone else',
  );
}

/** A browser that comes back, with the query it brought. */
interface Returned {
  readonly state: string;
  readonly browser: string | undefined;
  readonly query: ReadonlyMap<string, string>;
}

type SignedIn = Extract<SignInResult, { kind: 'signed-in' }>;

/**
 * Makes the link of whoever has signed in, and has what they had pressed before taken up again.
 *
 * The invitation is used up before anybody is asked, so it is good for one attempt. Rights that came of an
 * attempt that made no link are taken back at the provider.
 */
export async function finishLink(work: LinkWork, returned: Returned): Promise<LinkEnding> {
  const { context, linking } = work;
  const open = await findOpen(work, returned.state);
  if (!open) return { kind: 'no-invitation' };
  const { request } = open;
  const { begun } = request;
  const isSameBrowser =
    returned.browser !== undefined && begun?.browser === context.signer.hash(returned.browser);
  if (!begun || !isSameBrowser) return { kind: 'other-browser' };
  const verifier = linking.secretBox.unlock(begun.verifier, boundToRequest(request));
  if (verifier === undefined || !(await context.store.takeLinkRequest(request.id))) {
    return { kind: 'no-invitation' };
  }
  try {
    const callbackUrl = `${redirectUriOf(linking)}?${new URLSearchParams([...returned.query])}`;
    const result = await open.signIn.finishSignIn({ callbackUrl, verifier, state: returned.state });
    switch (result.kind) {
      case 'signed-in':
        return await link(work, open, result);
      case 'wrong-state':
        return { kind: 'no-invitation' };
      case 'cancelled':
      case 'expired':
        return result;
    }
  } catch (error) {
    return awayAfter(work, request, error);
  }
}

async function link(
  work: LinkWork,
  { request, signIn }: OpenRequest,
  signedIn: SignedIn,
): Promise<LinkEnding> {
  const { context } = work;
  const { system, person } = request;
  const { username } = signedIn;
  const parties = await partiesOf(work, request);
  const about = { system, person: person.userId };
  const refuse = async (ending: LinkEnding): Promise<LinkEnding> => {
    context.log.warn({ ...about, answer: ending.kind }, 'An account was not linked');
    await takeBackTokens({ log: context.log, signIn, about }, signedIn.tokens);
    return ending;
  };
  const may = mayLink(person, { system, username }, context.policy);
  if (may.kind !== 'yes') return refuse({ kind: may.kind, username, ...parties });
  const added = await addLink(work, request, signedIn);
  switch (added.kind) {
    case 'linked':
      context.log.info(about, 'An account was linked');
      context.scheduleDelivery();
      return {
        kind: 'linked',
        username,
        hasPendingClick: request.pendingClick !== undefined,
        ...endOf(signedIn.tokens),
        ...parties,
      };
    case 'person-linked':
      return refuse({ kind: 'person-linked', username, linked: added.link.username, ...parties });
    case 'account-linked':
      return refuse({ kind: 'account-linked', username, ...parties });
  }
}

/** The link, its record and the word to its person are remembered as one. */
async function addLink(
  { context, linking }: LinkWork,
  { system, person, pendingClick: click, id }: LinkRequest,
  { tokens, username, subject }: SignedIn,
): Promise<AddLinkResult> {
  const owner = { system, person };
  const token = linking.secretBox.lock(keptOf(tokens), boundToLink(owner));
  const made: Link = { id: context.newId(), ...owner, username, subject, token, linkedAtMs: context.now() };
  return context.store.inTransaction(async (transaction) => {
    const added = await transaction.addLink(made);
    if (added.kind !== 'linked') return added;
    await recordLink(context, transaction, { link: made, did: 'linked' });
    const approval = click && (await transaction.findApproval(click.approvalId));
    await notifyPerson(context, transaction, person, `linked:${id}`, {
      kind: 'linked',
      system,
      username,
      ...endOf(tokens),
      ...(click && approval ? { pendingClick: click, approval } : {}),
    });
    return added;
  });
}

/** What linking stands on. */
export interface LinkingParts
  extends Pick<Context, 'store' | 'log' | 'now' | 'replicaId' | 'signer' | 'policy'> {
  /** System name → how people sign in there, if they do. */
  readonly backends: ReadonlyMap<string, Pick<WorkflowBackend, 'personSignIn'>>;
  readonly secretBox: SecretBox;
  readonly publicUrl: string;
  /** Passes the time between two attempts to store a token. */
  readonly pause?: (ms: number) => Promise<unknown>;
}

/** An access token that is about to expire may be over when it arrives. */
const marginMs = 30_000;

/** Longer than a provider may take to answer: two at the same time with one token can end the link. */
const leaseMs = 3 * 60_000;

/** Few, so that all of them end while nobody else may use the refresh token. */
const writeAttempts = 3;

/** Access tokens at hand, those that are being fetched, and what the store has not taken yet. */
interface HeldTokens {
  readonly had: Map<string, Had>;
  readonly flights: Map<string, Promise<AccessResult>>;
  /** Id of a link → its only way to further tokens, since a refresh token may work once. */
  readonly unsaved: Map<string, Unsaved>;
}

interface Unsaved {
  readonly link: Link;
  readonly kept: string;
  /** What the store had when `kept` took its place: used up. */
  readonly usedUp: string;
}

/**
 * Creates the memory for tokens.
 *
 * A process has one, whatever settings it goes by: the lease on a refresh token only tells processes apart.
 */
export function createHeldTokens(): HeldTokens {
  return { had: new Map(), flights: new Map(), unsaved: new Map() };
}

/** Creates what speaks for people; access tokens are kept in memory only, and never after their time. */
export function createLinking(parts: LinkingParts, held: HeldTokens = createHeldTokens()): Linking {
  const { store, now, log, secretBox, publicUrl } = parts;
  const { had, flights, unsaved } = held;
  const keyOf = (system: string, person: PersonId) => `${system}/${personKey(person)}`;

  async function refreshed(key: string, link: Link, signIn: PersonSignIn): Promise<AccessResult> {
    const found = await refreshOnce({ ...parts, unsaved }, link, signIn);
    if (found.kind !== 'tokens') return found;
    had.set(key, found);
    return accessOf(found);
  }

  async function accessFor(
    system: string,
    person: PersonId,
    { isFresh } = { isFresh: false },
  ): Promise<AccessResult> {
    const signIn = parts.backends.get(system)?.personSignIn;
    const link = signIn && (await store.findLink(system, person));
    if (!signIn || !link) return { kind: 'not-linked' };
    const key = keyOf(system, person);
    const known = had.get(key);
    const isGood = known?.link.id === link.id && known.tokens.expiresAtMs - now() > marginMs;
    if (known && isGood && !isFresh) return accessOf(known);
    had.delete(key);
    const flight = flights.get(key) ?? refreshed(key, link, signIn).finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight;
  }

  return {
    secretBox,
    publicUrl,
    accessOf: accessFor,
    async saveHeld() {
      for (const [id, { link, kept }] of unsaved) {
        const { system, person } = link;
        const about = { system, person: person.userId };
        const signIn = parts.backends.get(system)?.personSignIn;
        if (!signIn) continue;
        try {
          await accessFor(system, person, { isFresh: true });
        } catch (error) {
          const text = 'The new token of a linked account could not be stored; it is tried again';
          if (unsaved.has(id)) log.error({ ...about, err: asError(error) }, text);
          continue;
        }
        // The link it belonged to has ended.
        if (unsaved.delete(id)) await takeBackTokens({ log, signIn, about }, readKept(kept));
      }
    },
    forgetAccess: (system, person) => void had.delete(keyOf(system, person)),
  };
}

interface Had {
  readonly kind: 'tokens';
  readonly link: Link;
  readonly tokens: PersonTokens;
}

type Refreshed = Had | Exclude<AccessResult, { kind: 'access' }>;

function accessOf({ link, tokens }: Had): AccessResult {
  return { kind: 'access', access: { accessToken: tokens.accessToken }, username: link.username };
}

interface RefreshParts extends LinkingParts, Pick<HeldTokens, 'unsaved'> {}

/** Lets one process at a time use a refresh token, and keeps the next one before it is of any use. */
async function refreshOnce(parts: RefreshParts, before: Link, signIn: PersonSignIn): Promise<Refreshed> {
  const { store, replicaId, now, unsaved } = parts;
  const { system, person } = before;
  const name = `link/${system}/${personKey(person)}`;
  if (!(await store.acquireLease({ name, replicaId, nowMs: now(), leaseMs }))) {
    throw new BackendError('Another process is asking for the same person just now', {
      code: 'throttled',
      system,
      retryable: true,
      applied: 'no',
    });
  }
  try {
    const link = await store.findLink(system, person);
    return link ? await refresh(parts, link, signIn) : { kind: 'not-linked' };
  } finally {
    // Whoever got the right now would use again the refresh token that the one not stored came from.
    if (!unsaved.has(before.id)) await store.releaseLease(name, replicaId);
  }
}

async function refresh(parts: RefreshParts, link: Link, signIn: PersonSignIn): Promise<Refreshed> {
  const { store, secretBox, log, unsaved } = parts;
  const about = { system: link.system, person: link.person.userId };
  const stored = secretBox.unlock(link.token, boundToLink(link));
  if (stored === undefined) {
    const { keyId } = link.token;
    log.error({ ...about, keyId }, 'A linked account cannot be decrypted with the keys that are set');
    return { kind: 'ended' };
  }
  const waiting = unsaved.get(link.id);
  // It was stored although that seemed to fail, or another process has gone on from what is stored.
  if (waiting?.usedUp !== stored) unsaved.delete(link.id);
  else if (!(await saveKept(parts, waiting))) {
    await takeBackTokens({ log, signIn, about }, readKept(waiting.kept));
    return { kind: 'not-linked' };
  }
  const kept = waiting?.usedUp === stored ? waiting.kept : stored;
  const before = readKept(kept);
  const result = await renew(parts, signIn, before);
  if (result.kind === 'revoked') {
    await store.inTransaction(async (transaction) => {
      if (await transaction.removeLink(link.id)) await recordLink(parts, transaction, { link, did: 'ended' });
    });
    log.info(about, 'The identity provider no longer accepts a link; it was ended');
    return { kind: 'ended' };
  }
  // A provider that does not replace the refresh token leaves the one there was.
  const tokens = { ...defined({ refreshToken: before.refreshToken }), ...result.tokens };
  if (await saveKept(parts, { link, kept: keptOf(tokens), usedUp: kept })) {
    return { kind: 'tokens', link, tokens };
  }
  await takeBackTokens({ log, signIn, about }, tokens);
  return { kind: 'not-linked' };
}

/** Stores what renews a link; until that is done it is held. False where the link has ended. */
async function saveKept(
  { store, secretBox, unsaved, pause = sleep }: RefreshParts,
  saving: Unsaved,
): Promise<boolean> {
  const { link, kept } = saving;
  unsaved.set(link.id, saving);
  for (let left = writeAttempts; ; left -= 1) {
    try {
      const isThere = await store.saveToken(link.id, secretBox.lock(kept, boundToLink(link)));
      unsaved.delete(link.id);
      return isThere;
    } catch (error) {
      if (left <= 1) throw error;
      await pause(1_000);
    }
  }
}

/** Gets fresh tokens; without a refresh token the access token is all there is, until it ends. */
async function renew(
  { now }: Pick<LinkingParts, 'now'>,
  signIn: PersonSignIn,
  kept: KeptTokens,
): Promise<RefreshResult> {
  if (kept.refreshToken !== undefined) return signIn.refresh(kept.refreshToken);
  const { accessToken, expiresAtMs } = kept;
  const isOver = expiresAtMs - now() <= marginMs;
  return isOver ? { kind: 'revoked' } : { kind: 'refreshed', tokens: { accessToken, expiresAtMs } };
}

/** What the store keeps of a link, locked: what renews it, or the access token where the provider gives nothing else. */
type KeptTokens =
  | Required<Pick<PersonTokens, 'refreshToken'>>
  | (Omit<PersonTokens, 'refreshToken'> & { readonly refreshToken?: never });

/** Writes what is kept; a token holds no line break. */
function keptOf({ accessToken, refreshToken, expiresAtMs }: PersonTokens): string {
  return refreshToken ?? `access\n${expiresAtMs}\n${accessToken}`;
}

/** Reads what was kept. */
export function readKept(kept: string): KeptTokens {
  const [, expiresAtMs, accessToken] = /^access\n(\d+)\n(.+)$/.exec(kept) ?? [];
  return accessToken === undefined
    ? { refreshToken: kept }
    : { accessToken, expiresAtMs: Number(expiresAtMs) };
}

/** Tells when a link ends by itself. */
function endOf({ refreshToken, expiresAtMs }: PersonTokens): { readonly endsAtMs?: number } {
  return refreshToken === undefined ? { endsAtMs: expiresAtMs } : {};
}

/**
 * Takes tokens back at the provider; what fails is logged, since nobody keeps them any more. An access token alone
 * lives on until it ends.
 */
export async function takeBackTokens(
  owner: {
    readonly log: Context['log'];
    readonly signIn: PersonSignIn;
    readonly about: Readonly<Record<string, unknown>>;
  },
  { refreshToken }: Partial<PersonTokens>,
): Promise<'revoked' | 'unsupported' | 'failed'> {
  if (refreshToken === undefined) return 'unsupported';
  try {
    return (await owner.signIn.revoke(refreshToken)).kind;
  } catch (error) {
    const err = asError(error);
    owner.log.warn(
      { ...owner.about, err },
      'A token of a linked account could not be revoked at the identity provider',
    );
    return 'failed';
  }
}

/** Invites a person to link their account, for ten minutes; gives the id of the invitation. */
export async function invite(
  { newId, now }: Pick<Context, 'newId' | 'now'>,
  transaction: Transaction,
  who: { readonly system: string; readonly person: PersonId; readonly pendingClick?: PendingClick },
): Promise<string> {
  const request: LinkRequest = { id: newId(), ...who, expiresAtMs: now() + linkRequestMs };
  await transaction.addLinkRequest(request);
  return request.id;
}

/**
 * Gives the address at which an invitation is taken up.
 *
 * The store alone does not hold it: without the key nobody can make the second half.
 */
export function linkUrl(
  { secretBox, publicUrl }: Pick<Linking, 'secretBox' | 'publicUrl'>,
  requestId: string,
): string {
  return `${publicUrl}/link?state=${encodeURIComponent(stateOf(secretBox, requestId))}`;
}

/** Writes what stands for an invitation outside. */
function stateOf(secretBox: SecretBox, requestId: string): string {
  return `${requestId}.${secretBox.sign(signedText(requestId))}`;
}

/** Reads it back; absent when it was not written by us. */
function readState(secretBox: SecretBox, state: string): string | undefined {
  const dot = state.lastIndexOf('.');
  const [requestId, signature] = [state.slice(0, Math.max(dot, 0)), state.slice(dot + 1)];
  return requestId !== '' && secretBox.isSigned(signedText(requestId), signature) ? requestId : undefined;
}

function signedText(requestId: string): string {
  return `link-request\n${requestId}`;
}

/** What linking in a browser stands on. */
export interface LinkWork {
  readonly context: Context;
  readonly linking: Linking;
}

/** An invitation that is good, and where to sign in for it. */
interface OpenRequest {
  readonly request: LinkRequest;
  readonly signIn: PersonSignIn;
}

/** Finds an invitation that was given out by us, is not used up and not over. */
async function findOpen({ context, linking }: LinkWork, state: string): Promise<OpenRequest | undefined> {
  const id = readState(linking.secretBox, state);
  const request = id === undefined ? undefined : await context.store.findLinkRequest(id);
  if (!request || context.now() >= request.expiresAtMs) return undefined;
  const signIn = context.backends.get(request.system)?.personSignIn;
  return signIn && { request, signIn };
}

/** Names who is to be linked to what. */
async function partiesOf({ context }: LinkWork, { person, system }: LinkRequest): Promise<LinkParties> {
  const mapped = context.policy.people.find(({ id }) => isSamePerson(id, person));
  const known = await context.store.recallPerson(person);
  const label = context.backends.get(system)?.label ?? system;
  return { person: { id: person, name: mapped?.name ?? known?.name ?? person.userId }, system, label };
}

/** Gives the address browsers come back to: registered at the provider letter by letter. */
function redirectUriOf({ publicUrl }: Linking): string {
  return `${publicUrl}/link/callback`;
}

/** Says that the provider did not answer; throws whatever else broke. */
function awayAfter({ context }: LinkWork, { system }: LinkRequest, error: unknown): Away {
  if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
  context.log.warn({ system, err: error }, 'A sign-in failed');
  return { kind: 'away', label: context.backends.get(system)?.label ?? system };
}

/** Records that an account was linked, or that a link came to its end. */
export async function recordLink(
  context: Pick<Context, 'now' | 'signer' | 'policy'>,
  transaction: Transaction,
  { link, did }: { readonly link: Link; readonly did: 'linked' | 'unlinked' | 'ended' },
): Promise<void> {
  const { system, person, username, subject } = link;
  await record(context, transaction, {
    system,
    kind: 'link',
    person: recordedPerson(context, person),
    identities: [username],
    note: { did, link: link.id, subject },
  });
}
