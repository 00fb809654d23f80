import type { OpenApproval } from '../../../../../domain/open-approval.js';
import type { RenderContext } from '../../wording.js';

/** Says which open approval a command would have answered, where its card is, and that nothing was sent. */
export function openApprovalText(
  { code, channel, isActivityKnown }: OpenApproval,
  label: string,
  { formatter }: RenderContext,
): string {
  const approval = `Approval ${formatter.exact(code, 24)}`;
  const card = channel === undefined ? 'its card' : `its card in ${formatter.channel(channel)}`;
  if (isActivityKnown)
    return `❌ ${approval} is open for this activity, so no command can answer it. Decide it on ${card}. Nothing was changed.`;
  const system = formatter.text(label, 60);
  return `❌ ${approval} of this workflow is open, and which activity it is for is not known yet, so no command can answer any of its activities. Look at ${card}, and decide it in ${system}. Nothing was changed.`;
}
