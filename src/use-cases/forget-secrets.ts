import type { Context } from './context.js';

/** Slack takes answers at a response address for this long; after that it is only a secret lying around. */
const keepMs = 30 * 60_000;

/** Forgets response addresses, modals and invitations to link an account that are of no use any more. */
export async function forgetSecrets(context: Context): Promise<void> {
  await context.store.forgetSecrets(context.now() - keepMs);
  await context.store.forgetLinkRequests(context.now());
}
