import type { ConfigError, Problem } from '../config-error.js';

/** Renders every problem of the settings for the operator's terminal. */
export function formatProblems(error: ConfigError): string {
  const count = error.problems.length === 1 ? '1 problem' : `${error.problems.length} problems`;
  const places = error.problems.map(placeOf);
  const width = Math.max(...places.map((place) => place.length), 0);
  const blocks = error.problems.map((problem, index) => formatProblem(problem, places[index] ?? '', width));
  return [`${error.file}: ${count}`, ...blocks].join('\n\n');
}

function formatProblem(problem: Problem, place: string, width: number): string {
  const rows: readonly (readonly [string, string])[] = [
    ['expected', problem.expected],
    ['found', problem.found],
    ...(problem.example === undefined ? [] : ([['example', problem.example]] as const)),
  ];
  const indent = ' '.repeat(width + 4);
  const details = rows.map(([label, text]) => {
    const [first = '', ...more] = text.split('\n');
    const continued = more.map((line) => `\n${indent}${' '.repeat(10)}${line}`).join('');
    return `${indent}${label.padEnd(10)}${first}${continued}`;
  });
  return [`  ${place.padEnd(width)}  ${problem.path}`, ...details].join('\n');
}

function placeOf(problem: Problem): string {
  return problem.line === undefined ? '' : `line ${problem.line}`;
}
