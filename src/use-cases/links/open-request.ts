import type { LinkRequest } from '../../domain/links/link.js';
import { isSamePerson } from '../../domain/person.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import type { Away, LinkParties } from '../../ports/link-desk.js';
import type { PersonSignIn } from '../../ports/person-sign-in.js';
import type { Context } from '../context.js';
import { readState } from './invite.js';
import type { Linking } from './linking.js';

/** What linking in a browser stands on. */
export interface LinkWork {
  readonly context: Context;
  readonly linking: Linking;
}

/** An invitation that is good, and where to sign in for it. */
export interface OpenRequest {
  readonly request: LinkRequest;
  readonly signIn: PersonSignIn;
}

/** Finds an invitation that was given out by us, is not used up and not over. */
export async function findOpen(
  { context, linking }: LinkWork,
  state: string,
): Promise<OpenRequest | undefined> {
  const id = readState(linking.secretBox, state);
  const request = id === undefined ? undefined : await context.store.findLinkRequest(id);
  if (!request || context.now() >= request.expiresAtMs) return undefined;
  const signIn = context.backends.get(request.system)?.personSignIn;
  return signIn && { request, signIn };
}

/** Names who is to be linked to what. */
export async function partiesOf(
  { context }: LinkWork,
  { person, system }: LinkRequest,
): Promise<LinkParties> {
  const mapped = context.policy.people.find(({ id }) => isSamePerson(id, person));
  const known = await context.store.recallPerson(person);
  const label = context.backends.get(system)?.label ?? system;
  return { person: { id: person, name: mapped?.name ?? known?.name ?? person.userId }, system, label };
}

/** Gives the address browsers come back to: registered at the provider letter by letter. */
export function redirectUriOf({ publicUrl }: Linking): string {
  return `${publicUrl}/link/callback`;
}

/** Says that the provider did not answer; throws whatever else broke. */
export function awayAfter({ context }: LinkWork, { system }: LinkRequest, error: unknown): Away {
  if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
  context.log.warn({ system, err: error }, 'Signing somebody in did not work');
  return { kind: 'away', label: context.backends.get(system)?.label ?? system };
}
