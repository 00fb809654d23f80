import { hasSignalsAsPeople } from '../environment/token-keys.js';
import { type PlacedProblem, problemAt } from '../problems/placed-problem.js';
import { type RawGroup, valueAt } from '../raw.js';

/** Finds that people could not reach the page on which they link their account. */
export function checkLinking(raw: RawGroup): readonly PlacedProblem[] {
  if (!hasSignalsAsPeople(raw) || valueAt(raw, ['http', 'publicUrl']) !== undefined) return [];
  const expected =
    'the https address under which browsers reach the bot, for signalAs: person: approvers link their account there';
  return [
    problemAt(['http', 'publicUrl'], {
      expected,
      found: 'nothing',
      example: 'https://countersign.example.com',
    }),
  ];
}
