import { checkLinking } from '../checks/check-linking.js';
import { checkPeople } from '../checks/check-people.js';
import { checkRules } from '../checks/check-rules.js';
import { checkSystems } from '../checks/check-systems.js';
import type { Draft } from '../checks/draft.js';
import type { Problem } from '../config-error.js';
import type { Filled } from '../environment/fill-servers.js';
import type { SettingsFile } from '../read-settings-file.js';
import { pathText } from './path-text.js';
import type { PlacedProblem } from './placed-problem.js';
import { findSecrets } from './refuse-secrets.js';

/** Puts together everything wrong with what the file says, each with its line or variable. */
export function collectProblems(from: {
  readonly file: SettingsFile;
  readonly filled: Filled;
  readonly draft: Draft;
  /** What the schema found. */
  readonly misfits: readonly PlacedProblem[];
}): readonly Problem[] {
  const { file, filled, draft, misfits } = from;
  const secrets = findSecrets(file.raw);
  const places = secrets.map(({ path }) => pathText(path));
  const others = [
    ...misfits,
    ...checkSystems(draft),
    ...checkLinking(filled.raw),
    ...checkPeople(draft),
    ...checkRules(draft),
  ];
  // About a misplaced secret nothing more is said than that it is one.
  const reported = [...secrets, ...others.filter(({ path }) => !places.includes(pathText(path)))];
  return firstAtEachPlace(reported).map((one) => locate(one, file, filled));
}

/** Keeps one problem for each place: what else is said there usually follows from it. */
function firstAtEachPlace(problems: readonly PlacedProblem[]): readonly PlacedProblem[] {
  const byPlace = new Map<string, PlacedProblem>();
  for (const one of problems) if (!byPlace.has(one.problem.path)) byPlace.set(one.problem.path, one);
  return [...byPlace.values()];
}

/** Sorts problems the way somebody reads the file; the environment's come last. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const lineOf = ({ line }: Problem) => line ?? Number.MAX_SAFE_INTEGER;
  return [...problems].sort((a, b) => lineOf(a) - lineOf(b));
}

function locate({ path, problem }: PlacedProblem, file: SettingsFile, filled: Filled): Problem {
  const variable = filled.origins.get(problem.path);
  if (variable !== undefined) return { ...problem, path: `${variable} (as ${problem.path})` };
  const instead = problem.found === 'nothing' ? filled.fillable.get(problem.path) : undefined;
  const expected = instead === undefined ? problem.expected : `${problem.expected}, here or in ${instead}`;
  const line = file.lineOf(path);
  return { ...problem, expected, ...(line === undefined ? {} : { line }) };
}
