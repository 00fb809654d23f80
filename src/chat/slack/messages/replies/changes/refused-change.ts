import type { Formatter } from '../../ink.js';

/** Says why a system would not make a change, to follow a colon; a reason nobody foresaw is shown as it is. */
export function changeRefusalText(reason: string, system: string, formatter: Formatter): string {
  const texts: Readonly<Record<string, string>> = {
    'no-permission': `the account Countersign signs in with lacks the permission for it in ${system}`,
    'not-found': 'it does not know this workflow',
    'wrong-state': 'the workflow is not in a state for it',
    'bad-request': 'it found fault with the form of the request',
    'not-published': 'the workflow is not published there',
    'engine-down': 'its engine is not running',
    'sign-in': `Countersign could not sign in to ${system}`,
  };
  return (Object.hasOwn(texts, reason) ? texts[reason] : undefined) ?? formatter.exact(reason, 80);
}
