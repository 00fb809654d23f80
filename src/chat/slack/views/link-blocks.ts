import type { ActionsBlock, KnownBlock } from '@slack/types';
import type { ClickReply } from '../../../domain/answer.js';
import type { Notice } from '../../../domain/notice.js';
import { commandActionId, openActionId } from '../command-ids.js';
import { writeRevised } from '../ids.js';
import { clickReplyText } from '../messages/answers.js';
import { goOnButtonText, linkButtonText } from '../messages/links.js';
import type { RenderContext } from '../messages/wording.js';
import type { Rendered } from './approval-card.js';
import { actions, section } from './blocks.js';
import { isLink } from './card-buttons.js';

/** Shows an answer to a click; with the button to link an account where that is what is needed. */
export function clickReplyMessage(reply: ClickReply, renderContext: RenderContext): Rendered {
  const text = clickReplyText(reply, renderContext);
  if (reply.kind !== 'link-needed') return { text, blocks: [] };
  const blocks: readonly KnownBlock[] = [section([text]), ...linkActions(reply.requestId, renderContext)];
  return { text, blocks };
}

/** Makes the button that leads to the page on which an account is linked; Slack reports a press on it as well. */
export function linkActions(
  requestId: string,
  { linkUrlOf }: Pick<RenderContext, 'linkUrlOf'>,
): readonly ActionsBlock[] {
  const url = linkUrlOf?.(requestId);
  if (!isLink(url)) return [];
  return [
    actions('link', [
      { type: 'button', action_id: openActionId, text: plain(linkButtonText), style: 'primary', url },
    ]),
  ];
}

/** Makes what can be pressed under a notice about a link. */
export function noticeLinkActions(
  notice: Notice,
  options: Pick<RenderContext, 'linkUrlOf'>,
): readonly ActionsBlock[] {
  switch (notice.kind) {
    case 'link-ended':
      return linkActions(notice.requestId, options);
    case 'late-answer':
      return notice.answer.kind === 'link-needed' ? linkActions(notice.answer.requestId, options) : [];
    case 'linked':
      return goOn(notice);
    default:
      return [];
  }
}

/** It opens the same window as the card, about the revision of the facts that was pressed on. */
function goOn({ press: action }: Extract<Notice, { kind: 'linked' }>): readonly ActionsBlock[] {
  if (!action) return [];
  const { verb, output, approvalId, revision } = action;
  return [
    actions('go-on', [
      {
        type: 'button',
        action_id: commandActionId({
          kind: 'decide',
          what: verb,
          ...(output === undefined ? {} : { output }),
        }),
        text: plain(goOnButtonText(verb)),
        style: verb === 'approve' ? 'primary' : 'danger',
        value: writeRevised({ id: approvalId, revision }),
      },
    ]),
  ];
}

function plain(text: string) {
  return { type: 'plain_text' as const, text, emoji: false };
}
