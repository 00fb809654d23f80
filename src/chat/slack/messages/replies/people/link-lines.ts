import type { Reply } from '../../../../../domain/reply.js';
import { assertNever } from '../../../../../shared/assert-never.js';
import { joinList } from '../../../../../shared/list-words.js';
import { type RenderContext, typedLine } from '../../wording.js';

/** An answer about linking an account. */
export type LinkReply = Extract<Reply, { kind: 'link' | 'unlinked' | 'not-linked' | 'which-system' }>;

/** Tells what came of asking to link an account, or to unlink it. */
export function linkLines(reply: LinkReply, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  switch (reply.kind) {
    case 'link': {
      const label = formatter.text(reply.label, 60);
      const linked =
        reply.username === undefined
          ? `What you decide in ${label} is sent in your own name once you have linked your account there.`
          : `You are linked to ${formatter.exact(reply.username, 100)} in ${label}. To link another account, type ${typedLine(renderContext, `unlink ${reply.system}`)} first.`;
      return [linked, 'The button is good for ten minutes, and for you only.'];
    }
    case 'unlinked':
      return [
        `${formatter.exact(reply.username, 100)} in ${formatter.text(reply.label, 60)} is not linked to you any more: nothing is sent in that name.`,
        ...providerLines(reply.provider),
      ];
    case 'not-linked':
      return [
        `You have linked no account in ${formatter.text(reply.label, 60)}. ${typedLine(renderContext, `link ${reply.system}`)} links one.`,
      ];
    case 'which-system':
      return reply.systems.length === 0
        ? ['There is no system here in which people link their own accounts. Nothing was done.']
        : [
            `Accounts are linked in ${joinList(reply.systems.slice(0, 12).map((name) => formatter.exact(name, 60)))}. Nothing was done.`,
            `Type ${typedLine(renderContext, `${reply.verb} ${reply.systems[0] ?? ''}`)}, for example.`,
          ];
    default:
      return assertNever(reply);
  }
}

function providerLines(provider: Extract<Reply, { kind: 'unlinked' }>['provider']): readonly string[] {
  switch (provider) {
    case 'revoked':
      return ['The identity provider has taken the right back as well.'];
    case 'unsupported':
      return ['The identity provider cannot take such a right back; nobody here keeps it any more.'];
    case 'failed':
      return [
        'The identity provider could not be told; nobody here keeps the right any more. You can end it in your account there.',
      ];
    default:
      return assertNever(provider);
  }
}
