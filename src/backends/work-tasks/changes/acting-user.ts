import type { ActingIdentity } from '../../../ports/operations.js';

/** On whose behalf a change is made, as the server wants it: `provider::id`. */
export type ActingUser =
  | { readonly kind: 'user'; readonly user: string }
  | { readonly kind: 'none'; readonly said: string };

/**
 * Gives the user the settings map a person to; the server believes whatever it is told, so nothing is guessed.
 *
 * An e-mail address is put into the template, where there is one.
 */
export function actingUser({ identity }: ActingIdentity, template: string | undefined): ActingUser {
  if (identity === undefined || identity.trim() === '')
    return { kind: 'none', said: 'the settings name no user there for this person' };
  if (/^[a-z]+::[^\s:]/i.test(identity)) return { kind: 'user', user: identity };
  if (template !== undefined && /^[^\s@:]+@[^\s@:]+$/.test(identity)) {
    return { kind: 'user', user: template.replaceAll('{email}', () => identity) };
  }
  return {
    kind: 'none',
    said: 'the user that the settings name for this person is not in the form provider::id',
  };
}
