import type { Approval, Question } from '../../domain/approval.js';
import { cardActions, requesterOf } from '../../domain/card.js';
import { priorities } from '../../domain/notification.js';
import { isSamePerson, type PersonId, personKey } from '../../domain/person.js';
import { approverRuleFor, type MayDecide, mayDecide } from '../../domain/policy.js';
import type { Transaction } from '../../ports/store.js';
import { type Context, checkApprovers, lookUpPerson, recallPerson, whoIsAway } from '../context.js';
import { record, recordedPerson } from '../ledger/record.js';
import { notifyPerson } from '../notifications/notify.js';

/** What becomes of a question to a requester, or of an answer. */
export type AskResult =
  | { readonly kind: 'asked' | 'answered'; readonly approval: Approval; readonly question: Question }
  /** Something else was asked in the same window before. */
  | { readonly kind: 'asked-before'; readonly approval: Approval; readonly question: Question }
  /** Nobody in the chat is known to be the requester. */
  | { readonly kind: 'requester-unknown'; readonly approval: Approval }
  /** It takes no decisions any more. */
  | { readonly kind: 'over'; readonly approval: Approval }
  | { readonly kind: 'refused'; readonly why: Exclude<MayDecide, { kind: 'yes' }> }
  /** So many questions are enough. */
  | { readonly kind: 'too-many'; readonly most: number }
  /** It was answered before. */
  | { readonly kind: 'answered-before'; readonly approval: Approval; readonly question: Question }
  /** Off in shadow mode; nobody is sent anything. */
  | { readonly kind: 'shadow-off' }
  /** It is nobody's, or somebody else's to answer. */
  | { readonly kind: 'unknown-question' };

/** Whether somebody can ask; `ready` if they can. */
export type AskCheck =
  | { readonly kind: 'ready'; readonly approval: Approval; readonly requester: PersonId }
  | Exclude<AskResult, { kind: 'asked' | 'answered' | 'asked-before' | 'answered-before' }>;

/** About one request so much may be asked; everything stands on its card. */
const mostQuestions = 5;

/** A question, and an answer, may be no longer; on a card they stand whole. */
export const mostLetters = 300;

/**
 * Tells whether somebody can ask the requester of an approval something: whoever can decide it can.
 *
 * Throws `ChatError` where the chat cannot tell who they are.
 */
export async function checkQuestion(
  context: Context,
  approvalId: string,
  person: PersonId,
): Promise<AskCheck> {
  await lookUpPerson(context, person);
  return checkIn(context, context.store, { approvalId, person });
}

async function checkIn(
  context: Context,
  transaction: Transaction,
  {
    approvalId,
    person: id,
    isPreview = false,
  }: { readonly approvalId: string; readonly person: PersonId; readonly isPreview?: boolean },
): Promise<AskCheck> {
  const { policy } = context;
  const approval = await transaction.findApproval(approvalId);
  if (!approval) return { kind: 'unknown-question' };
  if (policy.shadow) return { kind: 'shadow-off' };
  const rule = approverRuleFor(approval.instance, policy);
  if (!cardActions(approval, rule, []).includes('ask')) return { kind: 'over', approval };
  const person = await recallPerson(transaction, id);
  const { delegations } = await whoIsAway(context, transaction);
  const known = person ?? { id, name: '', membership: 'stranger' as const };
  const may = mayDecide(known, approval.instance, policy, delegations);
  if (may.kind !== 'yes' && (person || !isPreview)) return { kind: 'refused', why: may };
  const requester = requesterOf(approval, policy);
  if (!requester) return { kind: 'requester-unknown', approval };
  if ((approval.questions ?? []).length >= mostQuestions) return { kind: 'too-many', most: mostQuestions };
  return { kind: 'ready', approval, requester };
}

/**
 * Asks the requester by direct message, shows the question on every card and puts it on record.
 *
 * Whoever asks is looked up afresh. The same window submitted again (`key`) asks nothing anew. Throws `ChatError` where
 * the chat cannot tell who they are.
 */
export async function askRequester(
  context: Context,
  what: {
    readonly approvalId: string;
    readonly person: PersonId;
    readonly text: string;
    readonly key: string;
  },
): Promise<AskResult> {
  await lookUpPerson(context, what.person);
  await checkApprovers(context, what.person);
  const result = await context.store.inTransaction(async (transaction): Promise<AskResult> => {
    const { person, text, key } = what;
    const said = await transaction.getNote(`question/${key}`);
    const check = await checkIn(context, transaction, what);
    if (check.kind !== 'ready') return check;
    const { approval, requester } = check;
    const { questions = [] } = approval;
    const before = questions.find(({ number }) => String(number) === said);
    if (before) return { kind: before.text === text ? 'asked' : 'asked-before', approval, question: before };
    const name = recordedPerson(context, person).name ?? (await transaction.recallPerson(person))?.name ?? '';
    const question: Question = { number: questions.length + 1, person, name, text, atMs: context.now() };
    await transaction.putNote(`question/${key}`, String(question.number));
    const saved = await saveQuestions(context, transaction, approval, [...questions, question]);
    const notice = { kind: 'question', approval: saved, question } as const;
    await notifyPerson(context, transaction, requester, `question:${saved.id}:${question.number}`, notice);
    await recordQuestion(context, transaction, { approval: saved, question, person, kind: 'question' });
    return { kind: 'asked', approval: saved, question };
  });
  if (result.kind === 'asked') context.scheduleDelivery();
  return result;
}

/** Tells whether somebody can answer a question: the requester, once, while it is not decided. */
export function checkReply(
  context: Context,
  which: { readonly approvalId: string; readonly number: number; readonly person: PersonId },
): Promise<AskResult | { readonly kind: 'ready'; readonly approval: Approval; readonly question: Question }> {
  return checkReplyIn(context, context.store, which);
}

async function checkReplyIn(
  { policy }: Context,
  transaction: Transaction,
  which: { readonly approvalId: string; readonly number: number; readonly person: PersonId },
): Promise<AskResult | { readonly kind: 'ready'; readonly approval: Approval; readonly question: Question }> {
  const approval = await transaction.findApproval(which.approvalId);
  const question = approval?.questions?.find(({ number }) => number === which.number);
  const requester = approval && requesterOf(approval, policy);
  if (!approval || !question || !requester || !isSamePerson(requester, which.person))
    return { kind: 'unknown-question' };
  if (policy.shadow) return { kind: 'shadow-off' };
  if (question.answer) return { kind: 'answered-before', approval, question };
  if (approval.state.kind !== 'waiting') return { kind: 'over', approval };
  return { kind: 'ready', approval, question };
}

/** Takes the requester's answer: it stands on every card, whoever asked hears of it, and it is on record. */
export async function replyToQuestion(
  context: Context,
  what: {
    readonly approvalId: string;
    readonly number: number;
    readonly person: PersonId;
    readonly text: string;
  },
): Promise<AskResult> {
  const result = await context.store.inTransaction(async (transaction): Promise<AskResult> => {
    const check = await checkReplyIn(context, transaction, what);
    if (check.kind !== 'ready') return check;
    const { person, text } = what;
    const { approval } = check;
    const question: Question = { ...check.question, answer: { person, text, atMs: context.now() } };
    const questions = (approval.questions ?? []).map((one) =>
      one.number === question.number ? question : one,
    );
    const saved = await saveQuestions(context, transaction, approval, questions);
    const notice = { kind: 'answered', approval: saved, question } as const;
    const key = `answered:${saved.id}:${question.number}:${personKey(question.person)}`;
    await notifyPerson(context, transaction, question.person, key, notice);
    await recordQuestion(context, transaction, { approval: saved, question, person, kind: 'answer' });
    return { kind: 'answered', approval: saved, question };
  });
  if (result.kind === 'answered') context.scheduleDelivery();
  return result;
}

/** Nothing about the decision changes; every copy of the card shows it. */
async function saveQuestions(
  context: Context,
  transaction: Transaction,
  approval: Approval,
  questions: readonly Question[],
): Promise<Approval> {
  await transaction.renewReminders(approval.id);
  return transaction.saveApproval({ ...approval, questions }, priorities.progress, context.now());
}

async function recordQuestion(
  context: Context,
  transaction: Transaction,
  {
    approval,
    question,
    person,
    kind,
  }: {
    readonly approval: Approval;
    readonly question: Question;
    readonly person: PersonId;
    readonly kind: 'question' | 'answer';
  },
): Promise<void> {
  const { ref } = approval.instance;
  const { number, text, answer } = question;
  await record(context, transaction, {
    system: ref.system,
    instance: ref.id,
    code: approval.code,
    kind,
    person: recordedPerson(context, person),
    note: { question: number, text: kind === 'answer' ? answer?.text : text },
  });
}
