import { boundToLink, boundToRequest, type Link, type LinkRequest } from '../../domain/links/link.js';
import { mayLink } from '../../domain/links/may-link.js';
import type { LinkEnding, LinkService } from '../../ports/link-desk.js';
import type { AddLinkResult } from '../../ports/link-memory.js';
import type { SignInResult } from '../../ports/person-sign-in.js';
import { notifyPerson } from '../notifications/notify.js';
import { takeBackToken } from './create-linking.js';
import {
  awayAfter,
  findOpen,
  type LinkWork,
  type OpenRequest,
  partiesOf,
  redirectUriOf,
} from './open-request.js';
import { recordLink } from './record-link.js';

type Returned = Parameters<LinkService['finish']>[0];
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
    await takeBackToken({ log: context.log, signIn, about }, signedIn.tokens.refreshToken);
    return ending;
  };
  const may = mayLink(person, { system, username }, context.policy);
  if (may.kind !== 'yes') return refuse({ kind: may.kind, username, ...parties });
  const added = await addLink(work, request, signedIn);
  switch (added.kind) {
    case 'linked':
      context.log.info(about, 'An account was linked');
      context.scheduleDelivery();
      return { kind: 'linked', username, hasPendingClick: request.press !== undefined, ...parties };
    case 'person-linked':
      return refuse({ kind: 'person-linked', username, linked: added.link.username, ...parties });
    case 'account-linked':
      return refuse({ kind: 'account-linked', username, ...parties });
  }
}

/** The link, its record and the word to its person are remembered as one. */
async function addLink(
  { context, linking }: LinkWork,
  { system, person, press: click, id }: LinkRequest,
  { tokens, username, subject }: SignedIn,
): Promise<AddLinkResult> {
  const owner = { system, person };
  const token = linking.secretBox.lock(tokens.refreshToken, boundToLink(owner));
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
      ...(click && approval ? { press: click, approval } : {}),
    });
    return added;
  });
}
