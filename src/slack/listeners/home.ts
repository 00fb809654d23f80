import { asError } from '../../shared/language.js';
import { readPage, readRevised } from '../ids.js';
import { readHomeOpened } from '../payloads.js';
import { messages } from '../text/answer.js';
import { homeMessages } from '../text/home.js';
import { decideInList, type InListKind, openCancel } from './commands.js';
import {
  type Ack,
  type ListenerContext,
  type Listening,
  onAction,
  type ReceivedAction,
  sayTo,
} from './context.js';

/** Registers the opening of Homes, and what is clicked there. */
export function registerHome(app: Listening, context: ListenerContext): void {
  app.event('app_home_opened', async ({ body }) => {
    const opened = readHomeOpened(body, context.us.teamId);
    if (opened) await context.useCases.home.open(opened.person, opened.view);
  });
  onAction(app, context, {
    on: 'home',
    kinds: ['decide.approve', 'decide.deny', 'decide.details'],
    handle: (received, ack) => decide(context, received, ack),
  });
  onAction(app, context, {
    on: 'home',
    kinds: ['cancel'],
    handle: async (received, ack) => {
      await ack();
      // Nothing is canceled before its window is confirmed, so whatever page this stood on does not matter.
      if (received.value !== undefined) await openCancel(context, received, received.value);
    },
  });
  onAction(app, context, {
    on: 'home',
    kinds: ['page-before', 'page-after'],
    handle: async ({ asker, value }, ack) => {
      await ack();
      const page = readPage(value);
      if (page !== undefined) await context.useCases.home.turnTo(asker.person, page);
    },
  });
}

/**
 * Handles a click beside an approval in somebody's Home.
 *
 * There is no message it could be held against, so it counts only on the page that was last published for that
 * person, on what stands there; else nothing is decided and the page is drawn anew. Apart from that it is taken as
 * one in a list.
 */
async function decide(
  context: ListenerContext,
  received: ReceivedAction<InListKind>,
  ack: Ack,
): Promise<void> {
  const { home } = context.useCases;
  const { asker, view } = received;
  const carried = readRevised(received.value);
  let counts = false;
  try {
    counts =
      carried !== undefined &&
      view !== undefined &&
      (await home.isClickOn(
        asker.person,
        { viewId: view.id, hash: view.hash },
        { approvalId: carried.id, revision: carried.revision },
      ));
  } catch (error) {
    context.log.error({ err: asError(error) }, 'A click in a Home could not be looked into');
    await ack();
    return sayTo(context, received, messages.notWritten);
  }
  if (carried && counts) return decideInList(context, { received, approval: carried, from: 'home' }, ack);
  await ack();
  context.log.warn({ person: asker.person.userId }, 'A click in a Home was not on the page last published');
  await sayTo(context, received, homeMessages.outdated);
  await home.redraw(asker.person);
}
