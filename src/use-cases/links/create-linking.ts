import { boundToLink, type Link } from '../../domain/links/link.js';
import { type PersonId, personKey } from '../../domain/person.js';
import type { WorkflowBackend } from '../../ports/backend.js';
import { BackendError } from '../../ports/errors.js';
import type { PersonSignIn, PersonTokens } from '../../ports/person-sign-in.js';
import type { SecretBox } from '../../ports/vault.js';
import type { Context } from '../context.js';
import type { AccessResult, Linking } from './linking.js';
import { recordLink } from './record-link.js';

/** What linking stands on. */
export interface LinkingParts
  extends Pick<Context, 'store' | 'log' | 'now' | 'replicaId' | 'signer' | 'policy'> {
  /** System name → how people sign in there, if they do. */
  readonly backends: ReadonlyMap<string, Pick<WorkflowBackend, 'personSignIn'>>;
  readonly secretBox: SecretBox;
  readonly publicUrl: string;
}

/** An access token that is about to expire may be over when it arrives. */
const marginMs = 30_000;

/** Longer than a provider may take to answer: two at the same time with one token can end the link. */
const leaseMs = 3 * 60_000;

/** Creates what speaks for people; access tokens are kept in memory only, and never after their time. */
export function createLinking(parts: LinkingParts): Linking {
  const { store, now, secretBox, publicUrl } = parts;
  const had = new Map<string, Had>();
  const flights = new Map<string, Promise<AccessResult>>();
  const keyOf = (system: string, person: PersonId) => `${system}/${personKey(person)}`;

  async function refreshed(key: string, one: Refreshable): Promise<AccessResult> {
    const found = await refreshOnce(parts, one);
    if (found.kind !== 'tokens') return found;
    had.set(key, found);
    return accessOf(found);
  }

  return {
    secretBox,
    publicUrl,
    async accessOf(system, person, { isFresh } = { isFresh: false }) {
      const signIn = parts.backends.get(system)?.personSignIn;
      const link = signIn && (await store.findLink(system, person));
      if (!signIn || !link) return { kind: 'not-linked' };
      const key = keyOf(system, person);
      const known = had.get(key);
      const isGood = known?.link.id === link.id && known.tokens.expiresAtMs - now() > marginMs;
      if (known && isGood && !isFresh) return accessOf(known);
      had.delete(key);
      const flight = flights.get(key) ?? refreshed(key, { link, signIn }).finally(() => flights.delete(key));
      flights.set(key, flight);
      return flight;
    },
    forgetAccess: (system, person) => void had.delete(keyOf(system, person)),
  };
}

interface Refreshable {
  readonly link: Link;
  readonly signIn: PersonSignIn;
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

/** Lets one process at a time use a refresh token, and keeps the next one before it is of any use. */
async function refreshOnce(parts: LinkingParts, { link: before, signIn }: Refreshable): Promise<Refreshed> {
  const { store, replicaId, now } = parts;
  const { system, person } = before;
  const name = `link/${system}/${personKey(person)}`;
  if (!(await store.acquireLease({ name, replicaId: replicaId, nowMs: now(), leaseMs }))) {
    throw new BackendError('Another process is asking for the same person just now', {
      code: 'throttled',
      system,
      retryable: true,
      applied: 'no',
    });
  }
  try {
    const link = await store.findLink(system, person);
    return link ? await refresh(parts, { link, signIn }) : { kind: 'not-linked' };
  } finally {
    await store.releaseLease(name, replicaId);
  }
}

async function refresh(parts: LinkingParts, { link, signIn }: Refreshable): Promise<Refreshed> {
  const { store, secretBox, log } = parts;
  const about = { system: link.system, person: link.person.userId };
  const token = secretBox.unlock(link.token, boundToLink(link));
  if (token === undefined) {
    log.error(
      { ...about, keyId: link.token.keyId },
      'A linked account cannot be unlocked with the keys at hand',
    );
    return { kind: 'ended' };
  }
  const result = await signIn.refresh(token);
  if (result.kind === 'revoked') {
    await store.inTransaction(async (transaction) => {
      if (await transaction.removeLink(link.id)) await recordLink(parts, transaction, { link, did: 'ended' });
    });
    log.info(about, 'The identity provider does not honour a link any more; it was ended');
    return { kind: 'ended' };
  }
  const { tokens } = result;
  if (await store.saveToken(link.id, secretBox.lock(tokens.refreshToken, boundToLink(link)))) {
    return { kind: 'tokens', link, tokens };
  }
  await takeBackToken({ log, signIn, about }, tokens.refreshToken);
  return { kind: 'not-linked' };
}

/** Takes a refresh token back at the provider; what fails is logged, since nobody keeps the token any more. */
export async function takeBackToken(
  {
    log,
    signIn,
    about,
  }: {
    readonly log: Context['log'];
    readonly signIn: PersonSignIn;
    readonly about: Readonly<Record<string, unknown>>;
  },
  refreshToken: string,
): Promise<'revoked' | 'unsupported' | 'failed'> {
  try {
    return (await signIn.revoke(refreshToken)).kind;
  } catch (error) {
    const err = error instanceof Error ? error : new Error(String(error));
    log.warn(
      { ...about, err },
      'A right to speak for somebody could not be taken back at the identity provider',
    );
    return 'failed';
  }
}
