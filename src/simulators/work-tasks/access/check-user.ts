import type { Behaviour } from '../behaviour.js';
import { Refusal } from '../server/refusal.js';
import type { Caller } from './authenticate.js';

/** Shape of the id per provider; a list user is known by a GUID. */
const idForms: Readonly<Record<string, RegExp>> = {
  activedirectory: /^\S+$/,
  azureactivedirectory: /^\S+@\S+$/,
  skeltalist: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  sqlprovider: /^\S+$/,
  membershipprovider: /^\S+$/,
};

/** Tells the provider of a `provider::id`; undefined when the text is none. */
export function providerOf(user: string): string | undefined {
  const separator = user.indexOf('::');
  const provider = user.slice(0, Math.max(separator, 0));
  const form = Object.hasOwn(idForms, provider) ? idForms[provider] : undefined;
  return form?.test(user.slice(separator + 2)) ? provider : undefined;
}

/** Refuses a `user` that is no user, belongs to another provider, or is not the caller where that matters. */
export function checkUser(
  user: string,
  against: { readonly providers: readonly string[] | null; readonly caller: Caller },
  behaviour: Behaviour,
): void {
  const provider = providerOf(user);
  if (provider === undefined) throw new Refusal('request', `'${user}' is not in the form provider::id.`);
  if (against.providers !== null && !against.providers.includes(provider)) {
    throw new Refusal('engine', `The repository has no user provider '${provider}'.`);
  }
  if (!behaviour.userMustMatchToken) return;
  const own = typeof against.caller === 'object' ? against.caller.user : null;
  if (own !== user) throw new Refusal('forbidden', 'The token does not belong to this user.');
}
