import type { Vote } from '../../domain/decision.js';
import { isSamePerson } from '../../domain/person.js';
import type { Signal } from '../../domain/signal.js';
import { signalsAsPerson } from '../../domain/told-by-people.js';
import type { PersonAccess, WorkflowBackend } from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import type { Context } from '../context.js';
import { notifyPerson } from '../notifications/notify.js';
import { delay, inPhase, release } from '../signals/signal-steps.js';
import { invite } from './invite.js';
import type { AccessResult } from './linking.js';

/** In whose name a signal goes out; empty where the bot speaks for itself. */
export interface Speaking {
  readonly as?: PersonAccess;
  /** What the system calls that person. */
  readonly account?: string;
}

/**
 * Gives what a claimed signal needs to go out in the name of whoever had the last word.
 *
 * Returns undefined after having dealt with whatever stands in the way: a vote that cannot be told in its
 * person's name is taken out and its person invited to link anew; an identity provider that is away is waited for.
 */
export async function speakFor(context: Context, signal: Signal): Promise<Speaking | undefined> {
  const { system, id } = signal.instance;
  try {
    const result = await accessForSignaller(context, signal);
    if (result === 'own-account') return {};
    if (result.kind === 'access') return { as: result.access, account: result.username };
    context.log.info(
      { system, instance: id },
      'A decision was not sent: its person has no linked account any more',
    );
    await giveUpUnlinked(context, signal);
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
    context.log.warn({ system, instance: id, err: error }, 'A decision waits: nobody can be spoken for now');
    await delay(context, signal.id);
  }
  return undefined;
}

/**
 * Tells whether a run still waits for whoever a signal went out for; undefined when they cannot be asked for any
 * more. Throws `BackendError`.
 */
export async function waitsForSignaller(
  context: Context,
  backend: WorkflowBackend,
  signal: Signal,
): Promise<boolean | undefined> {
  const result = await accessForSignaller(context, signal);
  if (result === 'own-account') return backend.isAssigned(signal.instance);
  return result.kind === 'access' ? backend.isAssigned(signal.instance, result.access) : undefined;
}

/** Forgets what was had for whoever a signal went out for, since the system did not take it. */
export function forgetSignaller({ linking }: Context, { decision, instance }: Signal): void {
  const last = decision.votes.at(-1);
  if (last) linking?.forgetAccess(instance.system, last.person);
}

async function accessForSignaller(
  { linking, policy }: Context,
  { decision, instance }: Signal,
): Promise<AccessResult | 'own-account'> {
  const last = decision.votes.at(-1);
  if (!signalsAsPerson(policy, instance.system)) return 'own-account';
  return linking && last ? linking.accessOf(instance.system, last.person) : { kind: 'not-linked' };
}

async function giveUpUnlinked(context: Context, signal: Signal): Promise<void> {
  await inPhase(context, signal.id, 'claimed', async (work) => {
    const { votes, verdict } = work.signal.decision;
    const last = votes.at(-1);
    if (!last) return;
    const keep = votes.filter(({ person }) => !isSamePerson(person, last.person));
    const note = { kind: 'link-ended', name: last.name } as const;
    const approval = await release(context, work, { note, keep });
    const { system } = approval.instance.ref;
    const click = { approvalId: approval.id, revision: approval.revision, verb: verdict, ...saidBy(last) };
    const requestId = await invite(context, work.transaction, { system, person: last.person, press: click });
    const notice = { kind: 'link-ended', approval, system, requestId } as const;
    await notifyPerson(context, work.transaction, last.person, `link-ended:${signal.id}`, notice);
  });
}

function saidBy({ comment }: Vote): Pick<Vote, 'comment'> {
  return comment === undefined ? {} : { comment };
}
