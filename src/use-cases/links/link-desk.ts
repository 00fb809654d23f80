import { boundToRequest } from '../../domain/links/link.js';
import type { LinkBeginning, LinkPreview, LinkService } from '../../ports/link-desk.js';
import type { Context } from '../context.js';
import { finishLink } from './finish-link.js';
import type { Linking } from './linking.js';
import { awayAfter, findOpen, type LinkWork, partiesOf, redirectUriOf } from './open-request.js';

/** Opens the desk at which browsers link accounts. */
export function createLinkService(context: Context, linking: Linking): LinkService {
  const work = { context, linking };
  return {
    preview: (state) => preview(work, state),
    begin: (state, browser) => begin(work, state, browser),
    finish: (returned) => finishLink(work, returned),
  };
}

async function preview(work: LinkWork, state: string): Promise<LinkPreview> {
  const open = await findOpen(work, state);
  return open ? { kind: 'invited', ...(await partiesOf(work, open.request)) } : { kind: 'no-invitation' };
}

async function begin(work: LinkWork, state: string, browser: string): Promise<LinkBeginning> {
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
