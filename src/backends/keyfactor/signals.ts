import { decisionFactsOf, factChanges, isAtStep, type SignalRefusal } from '../../domain/approval.js';
import type { Instance } from '../../domain/instance.js';
import { maxCommentLength } from '../../domain/signal.js';
import type { OutgoingSignal, SignalResult } from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import type { Log } from '../../ports/runtime.js';
import type { NoteRepository } from '../../ports/store.js';
import { asError } from '../../shared/errors.js';
import { type Client, type HttpResponse, isSuccess, type Judgement, judgeWrite } from './client.js';
import { approvalSignal, type Instances, instancePath } from './instances.js';
import type { KeyfactorServer } from './settings.js';

/** What it means for a signal that the server did not take it. */
const reasons: Readonly<Record<Exclude<Judgement, 'done'>, SignalRefusal>> = {
  'sign-in': 'sign-in',
  'bad-request': 'bad-request',
  forbidden: 'no-role',
  'not-there': 'not-waiting',
};

/**
 * Creates the sender of signals.
 *
 * After a 400 it may go out once more in the other form, if the run still waits as it did; everything that leaves its
 * outcome open is thrown and never repeated here.
 */
export function createSendSignal(deps: {
  readonly server: KeyfactorServer;
  readonly client: Client;
  readonly instances: Instances;
  readonly forms: SignalForms;
  readonly log: Log;
}): (instance: Instance, signal: OutgoingSignal) => Promise<SignalResult> {
  const { server, client, instances, forms, log } = deps;

  function post(instance: Instance, signal: OutgoingSignal, form: SignalForm, deadline: AbortSignal) {
    const isApproval = signal.verdict === 'approve';
    const approved = form === 'boolean' ? isApproval : isApproval ? 'True' : 'False';
    return client.post(`${instancePath(instance.ref.id)}/Signals`, {
      version: server.apiVersion.instances,
      deadline,
      body: {
        SignalKey: `${stepOf(instance)}.${approvalSignal}`,
        Data: { Approved: approved, Comment: signal.comment },
      },
      as: signal.as,
    });
  }

  function toResult(response: HttpResponse, instance: Instance): SignalResult {
    const judgement = judgeWrite(response);
    if (judgement === 'done') return { kind: 'accepted' };
    if (judgement !== undefined) return { kind: 'refused', reason: reasons[judgement] };
    throw client.unexpected(response, 'POST', `${instancePath(instance.ref.id)}/Signals`);
  }

  /** The signal has been taken: a memory that fails now must not make its outcome doubtful. */
  async function rememberForm(form: SignalForm): Promise<void> {
    try {
      await forms.remember(form);
    } catch (error) {
      const err = asError(error);
      log.warn(
        { system: server.name, form, err },
        'Which form of a signal the server takes was not remembered',
      );
    }
  }

  return async (instance, signal) => {
    if (signal.comment.length > maxCommentLength) throw new Error('The comment of a signal is too long.');
    const deadline = AbortSignal.timeout(server.signalTimeout);
    const form = await forms.current();
    const first = await post(instance, signal, form, deadline);
    if (first.status !== 400) return toResult(first, instance);
    const fresh = await readWaiting(instances, instance).catch(unreadable);
    if (fresh === undefined) return { kind: 'refused', reason: 'not-waiting' };
    if (fresh === 'unreadable' || !forms.isOpen || deadline.aborted || !asksTheSame(fresh, instance)) {
      return { kind: 'refused', reason: 'bad-request' };
    }
    const second = await post(instance, signal, otherForm(form), deadline);
    if (isSuccess(second)) await rememberForm(otherForm(form));
    return toResult(second, instance);
  };
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
  if (error instanceof BackendError || error instanceof ContractError) return 'unreadable';
  throw error;
}

/** A decision is about certain facts; it must not be repeated for others. */
function asksTheSame(fresh: Instance, before: Instance): boolean {
  return factChanges(decisionFactsOf(before), decisionFactsOf(fresh)).length === 0;
}

/** How the answer in a signal is written: `"True"`, or `true`. */
type SignalForm = 'string' | 'boolean';

/** Knows which form a server takes. */
interface SignalForms {
  /** Whether the other form may be tried. */
  readonly isOpen: boolean;
  current(): Promise<SignalForm>;
  remember(form: SignalForm): Promise<void>;
}

/** Creates that knowledge; what was found out is kept across restarts. */
export function createSignalForms(
  { name, signalBody }: Pick<KeyfactorServer, 'name' | 'signalBody'>,
  notes: Pick<NoteRepository, 'getNote' | 'putNote'>,
): SignalForms {
  const key = `keyfactor/${name}/signal-form`;
  if (signalBody !== 'auto') {
    return { isOpen: false, current: async () => signalBody, remember: async () => {} };
  }
  return {
    isOpen: true,
    current: async () => ((await notes.getNote(key)) === 'boolean' ? 'boolean' : 'string'),
    remember: (form) => notes.putNote(key, form),
  };
}

/** Gives the form that is not this one. */
function otherForm(form: SignalForm): SignalForm {
  return form === 'string' ? 'boolean' : 'string';
}
