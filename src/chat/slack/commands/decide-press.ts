import type { MessageRef } from '../../../domain/click.js';
import type { Look } from '../../../ports/approval-desk.js';
import { assertNever } from '../../../shared/assert-never.js';
import type { Ack, Acting } from '../actions/acting.js';
import { openDetails, openDialog } from '../actions/open-modal.js';
import { answerPlace, type PressPayload, readPress } from '../actions/payloads.js';
import { asError, takeClick } from '../actions/take-click.js';
import type { DecidePress } from '../command-ids.js';
import { pressClickId, type Revised, readRevised } from '../ids.js';
import { answerText } from '../messages/answers.js';
import { remarks } from '../messages/remarks.js';
import { commandRemarks } from '../messages/replies/command-remarks.js';
import type { Commanding } from './commanding.js';

/** What a press beside an approval stands on: besides a command's things those of a press on a card. */
export interface Deciding extends Commanding {
  readonly acting: Acting;
}

/**
 * Handles a press beside an approval in a list.
 *
 * It is taken as one on the approval's own card: the same modals, the same checks, the same record. A list never
 * decides at one press, since what is at stake does not stand on it.
 */
export async function decidePress(
  deciding: Deciding,
  body: unknown,
  { what, ack }: { readonly what: DecidePress; readonly ack: Ack },
): Promise<void> {
  const { acting, log } = deciding;
  const payload = readPress(body);
  const approval = readRevised(payload?.value);
  if (!payload || !approval) return ack();
  let found: Found | undefined;
  try {
    found = await findCard(deciding, { payload, approval, what });
  } catch (error) {
    log.error({ err: asError(error), approvalId: approval.id }, 'A press in a list could not be looked into');
    await ack();
    await acting.answers.say(answerPlace(payload), remarks.notWritten);
    return;
  }
  if (found) return follow(acting, { payload, approval, what, ...found }, ack);
  await ack();
  await acting.answers.say(answerPlace(payload), commandRemarks.noCardYet);
}

interface Asked {
  readonly payload: PressPayload;
  readonly approval: Revised;
  readonly what: DecidePress;
}

interface Found {
  /** The copy of the card that the press is taken to. */
  readonly message: MessageRef;
  readonly look: Look;
}

/** Absent while the card was not posted. */
async function findCard(
  { acting, desk }: Deciding,
  { payload: { person }, approval: { id: approvalId, revision }, what: verb }: Asked,
): Promise<Found | undefined> {
  const message = await desk.cardOf(approvalId, { person });
  if (!message) return undefined;
  return { message, look: await acting.desk.look({ approvalId, revision, message, person, verb }) };
}

async function follow(acting: Acting, decided: Asked & Found, ack: Ack): Promise<void> {
  const { payload, approval, message, what, look } = decided;
  switch (look.kind) {
    case 'answer':
      await ack();
      await acting.answers.say(answerPlace(payload), answerText(look.answer, acting.wording));
      return;
    case 'card': {
      if (what === 'details') return openDetails(acting, { payload, card: look.card }, ack);
      const isRefused = look.mayDecide !== undefined && look.mayDecide.kind !== 'yes';
      // Refused anyway: the full check does it, and keeps a record.
      if (isRefused || !look.card.actions.includes(what)) return refuse(acting, decided, { verb: what, ack });
      const { id: approvalId, revision } = approval;
      const press = { approvalId, revision, message, person: payload.person, verb: what };
      return openDialog(acting, { payload, press, verb: what, look }, ack);
    }
    default:
      return assertNever(look);
  }
}

function refuse(
  acting: Acting,
  { payload, approval, message }: Asked & Found,
  { verb, ack }: { readonly verb: 'approve' | 'deny'; readonly ack: Ack },
): Promise<void> {
  const { person, actionTs, responseUrl } = payload;
  const click = {
    id: pressClickId({ person, ...message, actionTs }),
    approvalId: approval.id,
    revision: approval.revision,
    person,
    verb,
    via: 'press',
    message,
    ...(responseUrl === undefined ? {} : { responseUrl }),
    atMs: acting.now(),
  } as const;
  return takeClick(acting, click, ack);
}
