import type { ModalView } from '@slack/types';
import { ChatError } from '../../ports/errors.js';
import { isBlank } from '../../shared/text.js';
import type { AskResult } from '../../use-cases/approvals/ask.js';
import { askModal, replyModal } from '../blocks/question.js';
import { callbackIds, commentField, type Revised, readRevised } from '../ids.js';
import { readSubmission, type SubmissionPayload } from '../payloads.js';
import { messages } from '../text/answer.js';
import { askReplyText, questionText } from '../text/question.js';
import {
  type Ack,
  type AckSubmission,
  broke,
  type ListenerContext,
  type Listening,
  onAction,
  onSubmission,
  openView,
  type ReceivedAction,
  replyUnread,
} from './context.js';

/** Registers what asks a requester something, and what they answer. */
export function registerQuestions(app: Listening, context: ListenerContext): void {
  const { questions } = context.useCases;
  onAction(app, context, {
    on: 'approval',
    kinds: ['ask'],
    handle: (received, ack) =>
      open(context, received, ack, async ({ id }, person) => {
        const check = await questions.check(id, person);
        return check.kind === 'ready' ? askModal(check.approval) : check;
      }),
  });
  onAction(app, context, {
    on: 'question',
    kinds: ['answer'],
    handle: (received, ack) =>
      open(context, received, ack, async ({ id: approvalId, revision: number }, person) => {
        const check = await questions.checkReply({ approvalId, number, person });
        return check.kind === 'ready' ? replyModal(check.approval, check.question) : check;
      }),
  });
  onSubmission(app, context, {
    callback: callbackIds.ask,
    handle: (body, ack) =>
      submit(context, body, ack, ({ id: approvalId }, { person, viewId }, text) =>
        questions.ask({ approvalId, person, text, key: viewId }),
      ),
  });
  onSubmission(app, context, {
    callback: callbackIds.answer,
    handle: (body, ack) =>
      submit(context, body, ack, ({ id: approvalId, revision: number }, { person }, text) =>
        questions.answer({ approvalId, number, person, text }),
      ),
  });
}

type Person = SubmissionPayload['person'];

/** Opens the window, or says why there is none. */
async function open(
  context: ListenerContext,
  received: ReceivedAction<'ask' | 'answer'>,
  ack: Ack,
  viewFor: (carried: Revised, person: Person) => Promise<ModalView | AskResult>,
): Promise<void> {
  const { replies, renderContext, us } = context;
  const { asker, author, value } = received;
  const isOurs = author.botId === us.botId || author.userId === us.botUserId;
  const carried = isOurs ? readRevised(value) : undefined;
  let found: ModalView | AskResult | string;
  try {
    found = carried ? await viewFor(carried, asker.person) : { kind: 'unknown-question' };
  } catch (error) {
    found = broke(context, { error, sentence: 'A question could not be looked up' });
  }
  await ack();
  if (typeof found === 'string') await replies.say(asker, found);
  else if ('kind' in found) await replies.say(asker, askReplyText(found, renderContext));
  else await openView(context, received, { view: found, texts: messages });
}

/** Takes what was written before it is acknowledged, so that it cannot be lost; what stands in its way is said in the window. */
async function submit(
  context: ListenerContext,
  body: unknown,
  ack: AckSubmission,
  take: (carried: Revised, payload: SubmissionPayload, text: string) => Promise<AskResult>,
): Promise<void> {
  const payload = readSubmission(body, context.us);
  const carried = readRevised(payload?.metadata);
  if (!payload || !carried) {
    context.log.warn({}, 'A submission was not in the format Slack documents; nothing was done');
    await ack({ [commentField]: messages.unread });
    return replyUnread(context, body, messages.unread);
  }
  const text = payload.given(commentField).trim();
  if (isBlank(text)) return ack({ [commentField]: questionText.blank });
  let result: AskResult;
  try {
    result = await take(carried, payload, text);
  } catch (error) {
    const isChat = error instanceof ChatError;
    const said = isChat
      ? messages.notNow
      : broke(context, { error, sentence: 'A question or an answer could not be stored' });
    return ack({ [commentField]: said });
  }
  const said = askReplyText(result, context.renderContext);
  if (result.kind !== 'asked' && result.kind !== 'answered') return ack({ [commentField]: said });
  await ack();
  // A window offers no way back of its own.
  await replyUnread(context, body, said);
}
