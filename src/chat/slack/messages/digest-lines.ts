import type { Ink } from './ink.js';

/** Says what the button of a digest does: it shows everybody their own. */
export const digestButton = 'Show what waits for me';

/** Says how many requests wait without a card here, or that none does any more. */
export function digestLines(
  count: number,
  { ink, command }: { readonly ink: Ink; readonly command: string },
): readonly string[] {
  if (count === 0) return ['✅ Every request that waited for its card here has one now, or is decided.'];
  return [
    `📚 ${ink.label(count === 1 ? '1 request waits without a card here.' : `${count} requests wait without a card here.`)}`,
    `Slack takes about one message a second, so the cards come one after the other. Nobody has to wait for theirs: press the button, or type ${ink.exact(`${command} approvals`, 60)}.`,
  ];
}
