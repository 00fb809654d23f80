import type { ClickReply } from '../../domain/answer.js';
import type { Click } from '../../domain/click.js';
import { signalsAsPerson } from '../../domain/told-by-people.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import type { ClickWork } from '../clicks/click-work.js';
import type { Context } from '../context.js';
import { invite } from './invite.js';
import type { LinkState } from './linking.js';

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
    log.warn({ system, err: error }, 'Whether a link is still good cannot be told now');
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
  const said = comment === undefined || comment === '' ? {} : { comment };
  const pending = {
    approvalId,
    revision,
    verb,
    ...(output === undefined ? {} : { output }),
    ...said,
  } as const;
  const requestId = await invite(context, transaction, { system, person, press: pending });
  return { kind: 'link-needed', system, requestId, hasEnded: linkState === 'ended' };
}
