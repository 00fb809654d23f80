import type { Formatter } from './ink.js';

/** Says what the button of a digest does: it shows everybody their own. */
export const digestButton = 'Show what waits for me';

/** Says how many requests wait without a card here, or that none does any more. */
export function digestLines(
  count: number,
  { formatter, command }: { readonly formatter: Formatter; readonly command: string },
): readonly string[] {
  if (count === 0) return ['✅ Every request that waited for its card here has one now, or is decided.'];
  return [
    `📚 ${formatter.label(count === 1 ? '1 request waits without a card here.' : `${count} requests wait without a card here.`)}`,
    `Slack takes about one message a second, so the cards come one after the other. Nobody has to wait for theirs: press the button, or type ${formatter.exact(`${command} approvals`, 60)}.`,
  ];
}
