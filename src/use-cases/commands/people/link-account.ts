import { boundToLink } from '../../../domain/links/link.js';
import type { Reply } from '../../../domain/reply.js';
import type { WorkflowBackend } from '../../../ports/backend.js';
import { takeBackToken } from '../../links/create-linking.js';
import { invite } from '../../links/invite.js';
import { recordLink } from '../../links/record-link.js';
import type { CommandWork } from '../command-work.js';

/** Invites whoever asks to link their account. */
export async function linkAccount(work: CommandWork, typed: string | undefined): Promise<Reply> {
  const { context, person } = work;
  const backend = named(work, typed);
  if (!backend) return whichSystem(work, 'link');
  const { system, label } = backend;
  const link = await context.store.findLink(system, person.id);
  const requestId = await invite(context, context.store, { system, person: person.id });
  return { kind: 'link', system, label, requestId, ...(link ? { username: link.username } : {}) };
}

/** Ends the link of whoever asks: here for good, then at the identity provider. */
export async function unlinkAccount(work: CommandWork, typed: string | undefined): Promise<Reply> {
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
  const token = context.linking?.secretBox.unlock(link.token, boundToLink(link));
  const about = { system, person: person.id.userId };
  const provider =
    signIn && token !== undefined
      ? await takeBackToken({ log: context.log, signIn, about }, token)
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
