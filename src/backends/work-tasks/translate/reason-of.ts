import type { ChangeRefusal } from '../../../ports/operations.js';

/** In this order: the vague words of the later ones appear in the sentences of the earlier ones. */
const reasons: readonly (readonly [RegExp, ChangeRefusal])[] = [
  [
    /\bengine\b[^.]{0,60}\b(not (running|started|available|respond)|stopped|unavailable|down)\b/,
    'engine-down',
  ],
  [
    /\b(disabled|unpublished|not (been )?published|no published version|not (been )?deployed)\b/,
    'not-published',
  ],
  [/\b(not (possible|allowed|valid) in|(illegal|invalid|wrong|present|current) state)\b/, 'wrong-state'],
  [
    /\b(already|not|cannot be)[ -](paused|aborted|finished|completed|asleep|sleeping|resumed)\b/,
    'wrong-state',
  ],
  [/\b(no such|not found|could not find|cannot find|has no execution|invalid execution)\b/, 'not-found'],
  [/\b(does not|doesn[’']t) exist\b/, 'not-found'],
  [/\b(not authori[sz]ed|access (is )?denied|no permission|not permitted)\b/, 'no-permission'],
];

/**
 * Reads from an error's sentence why something was refused; undefined if it says nothing of the kind.
 *
 * The only place that decides by text: this API gives most refusals no status code of their own. Old versions
 * say "engine is not running" for a workflow in the wrong state as well.
 */
export function reasonOf(said: string): ChangeRefusal | undefined {
  const text = said.toLowerCase();
  return reasons.find(([pattern]) => pattern.test(text))?.[1];
}
