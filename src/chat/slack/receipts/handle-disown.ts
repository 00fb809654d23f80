import type { Log } from '../../../ports/log.js';
import type { ReceiptService } from '../../../ports/receipt-desk.js';
import type { Ack } from '../actions/acting.js';
import { type ActionPayload, readAction, replyTarget } from '../actions/payloads.js';
import { asError } from '../actions/take-click.js';
import type { PrivateReplies } from '../calls/private-answers.js';
import { notRepudiatedText, repudiatedText } from '../messages/receipts.js';
import type { RenderContext } from '../messages/wording.js';

/** What presses on receipts are handled with. */
export interface ReceiptHandlerContext {
  readonly service: ReceiptService;
  readonly privateReplies: PrivateReplies;
  readonly log: Log;
  readonly newId: () => string;
  readonly renderContext: RenderContext;
}

/**
 * Handles “That wasn't me”: it is carried out before it is acknowledged, so that it cannot be lost; it reads and
 * writes the store alone.
 */
export async function handleRepudiate(
  receiptContext: ReceiptHandlerContext,
  body: unknown,
  ack: Ack,
): Promise<void> {
  const { privateReplies, log } = receiptContext;
  const action = readAction(body);
  if (!action) {
    log.warn({}, 'A press was not in the form Slack documents; nothing was done');
    return ack();
  }
  const said = await repudiate(receiptContext, action);
  await ack();
  await privateReplies.say(replyTarget(action), said);
}

async function repudiate(
  { service, log, newId, renderContext }: ReceiptHandlerContext,
  { value = '', person }: ActionPayload,
): Promise<string> {
  try {
    return repudiatedText(await service.repudiate(value, person), renderContext);
  } catch (error) {
    const ref = newId();
    log.error({ ref, err: asError(error) }, 'A receipt could not be disowned');
    return notRepudiatedText(ref, renderContext);
  }
}
