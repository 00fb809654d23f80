import { z } from 'zod';

const aUserId = '[UW](?:[A-Z0-9]{8,}|[A-Z0-9]*[0-9][A-Z0-9]*)';

/** Form of a person's id: `U…`, or `T…/U…` where the workspace matters. */
export const personIdPattern = new RegExp(`^(?:T[A-Z0-9]{2,}/)?${aUserId}$`);

/** A person's id as it may stand in the settings. */
export function personIdText() {
  const expected =
    'a Slack member id such as U02AB3CD4, or T01AB2CD3/U02AB3CD4 (in Slack: profile, ⋮, "Copy member ID")';
  return z.string(expected).regex(personIdPattern, expected);
}

/** Tells whether a text has the form of a user group's id. */
export function isGroupId(text: string): boolean {
  return /^S(?:[A-Z0-9]{8,}|[A-Z0-9]*[0-9][A-Z0-9]*)$/.test(text);
}

/** A channel's id; a channel's name is refused, because it can be given to another channel. */
export function channelId() {
  const expected =
    'a channel id such as C02AB3CD4, not its name (in Slack: click the channel name; the id stands at the end of "About")';
  return z.string(expected).regex(/^[CG][A-Z0-9]{2,}$/, expected);
}

/** A workspace's id. */
export function teamId() {
  const expected =
    'a workspace id such as T01AB2CD3 (it stands in the address of Slack in the browser: /client/T…)';
  return z.string(expected).regex(/^T[A-Z0-9]{2,}$/, expected);
}
