import { expect, it } from '@jest/globals';
import { mayLink } from '../../../src/domain/link.js';
import { aPersonId } from '../../support/an-approval.js';

const ada = aPersonId('U0ADA');
const cy = aPersonId('U0CY');
const people = [
  { id: ada, name: 'Ada', identities: { corp: ['KEYEXAMPLE\\ada', 'KEYEXAMPLE\\ada.admin'] } },
  { id: aPersonId('U0BO'), name: 'Bo', identities: { corp: ['KEYEXAMPLE\\bo'], lab: ['KEYEXAMPLE\\cy'] } },
];

it.each([
  ['the account the settings give', ada, 'KEYEXAMPLE\\ada', 'yes'],
  ['that account in another case', ada, 'keyexample\\ADA', 'yes'],
  ['one of several accounts', ada, 'KEYEXAMPLE\\ada.admin', 'yes'],
  ['another account', ada, 'KEYEXAMPLE\\shared', 'other-account'],
  ['the account of somebody else', ada, 'KEYEXAMPLE\\bo', 'other-person'],
  ['the account of somebody else, of a person nobody mapped', cy, 'keyexample\\Bo', 'other-person'],
  ['an account that may be somebody else’s, written without its domain', cy, 'bo', 'maybe-other-person'],
  [
    'an account that may be somebody else’s, under an e-mail address',
    cy,
    'bo@example.com',
    'maybe-other-person',
  ],
  ['an account of the same user name in a domain nobody declared', cy, 'LAB\\bo', 'maybe-other-person'],
  ['an account of the same user name in a domain that is declared another', cy, 'PLANT\\bo', 'yes'],
  ['an account nobody mapped, of a person nobody mapped', cy, 'KEYEXAMPLE\\new', 'yes'],
  ['an account somebody has in another system only', cy, 'KEYEXAMPLE\\cy', 'yes'],
])('judges %s', (_what, person, username, kind) => {
  expect(
    mayLink(person, { system: 'corp', username }, { people, domains: [['KEYEXAMPLE'], ['PLANT']] }).kind,
  ).toBe(kind);
});
