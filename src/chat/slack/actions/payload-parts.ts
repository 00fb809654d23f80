import { z } from 'zod';
import type { PersonId } from '../../../domain/person.js';

/** A text of a payload that must be there. */
export const requiredText = z.string().min(1).max(3000);

/** A text of a payload that may be missing. */
export const optionalText = requiredText.nullish();

/** Who did something, as payloads of presses and submissions say it. */
export const payloadUser = z.object({
  id: requiredText,
  team_id: optionalText,
  name: optionalText,
  username: optionalText,
});

/** The workspace, as payloads of presses and submissions say it. */
export const payloadTeam = z.object({ id: requiredText }).nullish();

/** The team is the person's own; with an organisation-wide installation the payload's `team` is null. */
export function personOf(payload: {
  readonly user: z.infer<typeof payloadUser>;
  readonly team?: z.infer<typeof payloadTeam>;
}): PersonId | undefined {
  const teamId = payload.user.team_id ?? payload.team?.id;
  return teamId ? { teamId, userId: payload.user.id } : undefined;
}
