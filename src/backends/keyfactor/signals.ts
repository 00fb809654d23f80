import type { SignalRefusal } from '../../domain/approval.js';
import type { Instance } from '../../domain/instance.js';
import { maxCommentLength } from '../../domain/signal.js';
import type { OutgoingSignal, SignalAnswer } from '../../ports/backend.js';
import { type HttpAnswer, isFromApi, isSuccess, saysNothingThere } from './http/answer.js';
import type { Client } from './http/client.js';
import type { Instances } from './instances/instances.js';
import { instancePath } from './instances/read-instance.js';
import type { KeyfactorServer } from './settings.js';
import { type AnswerForm, otherForm, type SignalForms } from './signal-forms.js';
import { approvalSignal } from './translate/to-instance.js';

/**
 * Creates the sender of signals.
 *
 * A refused signal changed nothing, so after a 400 it may go out once more in the other form; everything that
 * leaves its outcome open is thrown and never repeated here.
 */
export function createSendSignal(deps: {
  readonly server: KeyfactorServer;
  readonly client: Client;
  readonly instances: Instances;
  readonly forms: SignalForms;
}): (instance: Instance, signal: OutgoingSignal) => Promise<SignalAnswer> {
  const { server, client, instances, forms } = deps;

  function post(instance: Instance, signal: OutgoingSignal, form: AnswerForm, deadline: AbortSignal) {
    const isApproval = signal.verdict === 'approve';
    const approved = form === 'boolean' ? isApproval : isApproval ? 'True' : 'False';
    return client.post(`${instancePath(instance.ref.id)}/Signals`, {
      version: server.apiVersion.instances,
      deadline,
      body: {
        SignalKey: `${stepOf(instance)}.${approvalSignal}`,
        Data: { Approved: approved, Comment: signal.comment },
      },
    });
  }

  function answered(answer: HttpAnswer, instance: Instance): SignalAnswer {
    if (isSuccess(answer)) return { kind: 'accepted' };
    const reason = refusalOf(answer);
    if (reason !== undefined) return { kind: 'refused', reason };
    throw client.unexpected(answer, 'POST', `${instancePath(instance.ref.id)}/Signals`);
  }

  return async (instance, signal) => {
    if (signal.comment.length > maxCommentLength) throw new Error('The comment of a signal is too long.');
    const deadline = AbortSignal.timeout(server.signalTimeout);
    const form = await forms.current();
    const first = await post(instance, signal, form, deadline);
    if (first.status !== 400) return answered(first, instance);
    if (!(await stillWaits(instances, instance))) return { kind: 'refused', reason: 'not-waiting' };
    if (!forms.isOpen || deadline.aborted) return { kind: 'refused', reason: 'bad-request' };
    const second = await post(instance, signal, otherForm(form), deadline);
    if (isSuccess(second)) await forms.remember(otherForm(form));
    return answered(second, instance);
  };
}

function stepOf({ step }: Instance): string {
  if (step === undefined) throw new Error('An instance without a step cannot be signalled.');
  return step.uniqueName;
}

async function stillWaits(instances: Instances, before: Instance): Promise<boolean> {
  const now = await instances.read(before.ref);
  return (
    now.kind === 'found' &&
    now.instance.awaitsApproval &&
    now.instance.step?.uniqueName === before.step?.uniqueName
  );
}

/** Says what a 4xx means for a signal; undefined if it does not come from the API itself. */
function refusalOf(answer: HttpAnswer): SignalRefusal | undefined {
  if (answer.status === 401) return 'sign-in';
  if (answer.status === 400) return 'bad-request';
  if (saysNothingThere(answer)) return answer.status === 403 ? 'no-role' : 'not-waiting';
  return answer.status > 400 && isFromApi(answer) && answer.status !== 408 ? 'bad-request' : undefined;
}
