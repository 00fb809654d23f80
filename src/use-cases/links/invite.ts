import { type LinkRequest, linkRequestMs, type PendingClick } from '../../domain/links/link.js';
import type { PersonId } from '../../domain/person.js';
import type { Transaction } from '../../ports/store.js';
import type { SecretBox } from '../../ports/vault.js';
import type { Context } from '../context.js';
import type { Linking } from './linking.js';

/** Invites a person to link their account, for ten minutes; gives the id of the invitation. */
export async function invite(
  { newId, now }: Pick<Context, 'newId' | 'now'>,
  transaction: Transaction,
  who: { readonly system: string; readonly person: PersonId; readonly press?: PendingClick },
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
export function stateOf(secretBox: SecretBox, requestId: string): string {
  return `${requestId}.${secretBox.sign(signedText(requestId))}`;
}

/** Reads it back; absent when it was not written by us. */
export function readState(secretBox: SecretBox, state: string): string | undefined {
  const dot = state.lastIndexOf('.');
  const [requestId, signature] = [state.slice(0, Math.max(dot, 0)), state.slice(dot + 1)];
  return requestId !== '' && secretBox.isSigned(signedText(requestId), signature) ? requestId : undefined;
}

function signedText(requestId: string): string {
  return `link-request\n${requestId}`;
}
