import { decisionFactsOf, factChanges, isAtStep, type SignalRefusal } from '../../domain/approval.js';
import type { Instance } from '../../domain/instance.js';
import { maxCommentLength } from '../../domain/signal.js';
import type { OutgoingSignal, SignalResult } from '../../ports/backend.js';
import { isBackendFailure } from '../../ports/errors.js';
import type { Log } from '../../ports/runtime.js';
import { asError } from '../../shared/errors.js';
import type { KeyfactorClient, WriteResult } from './client.js';
import { approvalSignal, type Instances, type Notes } from './instances.js';

/**
 * Creates the sender of signals.
 *
 * After a 400 it may go out once more in the other form, if the run still waits as it did; everything that leaves its
 * outcome open is thrown and never repeated here.
 */
export function createSendSignal(deps: {
  readonly client: KeyfactorClient;
  readonly instances: Instances;
  readonly notes: Notes;
  readonly log: Log;
}): (instance: Instance, signal: OutgoingSignal) => Promise<SignalResult> {
  const { client, instances, notes, log } = deps;
  const { name: system, signalBody, signalTimeout } = client.server;
  const formKey = `keyfactor/${system}/signal-form`;

  function post(instance: Instance, signal: OutgoingSignal, form: SignalForm, deadline: AbortSignal) {
    const isApproval = signal.verdict === 'approve';
    const Approved = form === 'boolean' ? isApproval : isApproval ? 'True' : 'False';
    const SignalKey = `${stepOf(instance)}.${approvalSignal}`;
    const body = { SignalKey, Data: { Approved, Comment: signal.comment } };
    return client.signal(instance.ref.id, body, { deadline, as: signal.as });
  }

  async function currentForm(): Promise<SignalForm> {
    if (signalBody !== 'auto') return signalBody;
    return (await notes.getNote(formKey)) === 'boolean' ? 'boolean' : 'string';
  }

  /** The signal has been taken: a memory that fails now must not make its outcome doubtful. */
  async function rememberForm(form: SignalForm): Promise<void> {
    try {
      await notes.putNote(formKey, form);
    } catch (error) {
      const err = asError(error);
      log.warn({ system, form, err }, 'Which form of a signal the server takes was not remembered');
    }
  }

  return async (instance, signal) => {
    if (signal.comment.length > maxCommentLength) throw new Error('The comment of a signal is too long.');
    const deadline = AbortSignal.timeout(signalTimeout);
    const form = await currentForm();
    const first = await post(instance, signal, form, deadline);
    if (first.status !== 400) return toResult(first);
    const fresh = await readWaiting(instances, instance).catch(unreadable);
    if (fresh === undefined) return { kind: 'refused', reason: 'not-waiting' };
    const isOpen = signalBody === 'auto' && !deadline.aborted;
    if (fresh === 'unreadable' || !isOpen || !asksTheSame(fresh, instance)) {
      return { kind: 'refused', reason: 'bad-request' };
    }
    const other = form === 'string' ? 'boolean' : 'string';
    const second = await post(instance, signal, other, deadline);
    if (second.judgement === 'done') await rememberForm(other);
    return toResult(second);
  };
}

/** How the answer in a signal is written: `"True"`, or `true`. */
type SignalForm = 'string' | 'boolean';

/** What it means for a signal that the server did not take it. */
const reasons: Readonly<Record<Exclude<WriteResult['judgement'], 'done'>, SignalRefusal>> = {
  'sign-in': 'sign-in',
  'bad-request': 'bad-request',
  forbidden: 'no-role',
  'not-there': 'not-waiting',
};

function toResult({ judgement }: WriteResult): SignalResult {
  return judgement === 'done' ? { kind: 'accepted' } : { kind: 'refused', reason: reasons[judgement] };
}

function stepOf({ step }: Instance): string {
  if (step === undefined) throw new Error('An instance without a step cannot be signalled.');
  return step.uniqueName;
}

/** Reads the instance afresh; undefined if it does not wait at the same step any more. */
async function readWaiting(instances: Instances, before: Instance): Promise<Instance | undefined> {
  const reading = await instances.read(before.ref);
  if (reading.kind === 'not-visible') return undefined;
  return isAtStep(reading.instance, { step: stepOf(before) }) ? reading.instance : undefined;
}

/** A signal has left by now: a read that fails must not look as if it had not. */
function unreadable(error: unknown): 'unreadable' {
  if (isBackendFailure(error)) return 'unreadable';
  throw error;
}

/** A decision is about certain facts; it must not be repeated for others. */
function asksTheSame(fresh: Instance, before: Instance): boolean {
  return factChanges(decisionFactsOf(before), decisionFactsOf(fresh)).length === 0;
}
