import { systemsOf } from '../../backends/work-tasks/settings.js';
import type { Problem } from '../config-error.js';
import { entriesOf, type RawGroup, valueAt } from '../raw.js';
import type { Environment } from './environment.js';
import { type Checked, readNeeded } from './read-needed.js';
import { nameInVariables, type Variable } from './variables.js';

const shortest = 24;

/** Tells whether a variable is called like the secret of a hook. */
export function isHookSecret(name: string): boolean {
  return /_HOOK_SECRET(_FILE)?$/.test(name);
}

/** What the environment has to hold for a repository whose hook is on. */
export function hookSecretVariable(system: string): Variable {
  return {
    name: `COUNTERSIGN_${nameInVariables(system)}_HOOK_SECRET`,
    meaning:
      'Secret with which workflows of that repository tell that they wait, at least 24 characters; two with a comma between, while one replaces the other.',
    example: '…',
  };
}

/** Names the variables that hold the secrets of the hooks that are on. */
export function hookSecretNames(raw: RawGroup): readonly string[] {
  return systemsWithHook(raw)
    .flat()
    .map((system) => hookSecretVariable(system).name);
}

/** Names, for each configured Work Tasks server, the systems whose hook is on. */
function systemsWithHook(raw: RawGroup): readonly (readonly string[])[] {
  return entriesOf(raw.workTasks).map((server) => {
    const name = valueAt(server, ['name']);
    return entriesOf(valueAt(server, ['repositories'])).flatMap((repository) => {
      const [own, called] = [valueAt(repository, ['name']), valueAt(repository, ['repository'])];
      const isOn = valueAt(repository, ['hook']) === 'on';
      if (!isOn || typeof name !== 'string' || typeof called !== 'string') return [];
      return systemsOf({
        name,
        repositories: [{ repository: called, ...(typeof own === 'string' ? { name: own } : {}) }],
      });
    });
  });
}

/** Reads, for each configured Work Tasks server, the secrets of its hooks that are on. */
export function hookSecretsOf(
  raw: RawGroup,
  environment: Environment,
): Checked<readonly { readonly hooks?: Readonly<Record<string, readonly string[]>> }[]> {
  const taken = new Map<string, string>();
  const readings = systemsWithHook(raw).map((systems) =>
    systems.map((system) => ({ system, ...readOne(hookSecretVariable(system), environment, taken) })),
  );
  return {
    value: readings.map((ofOne) =>
      ofOne.length === 0
        ? {}
        : { hooks: Object.fromEntries(ofOne.map(({ system, value }) => [system, value])) },
    ),
    problems: readings.flat().flatMap(({ problems }) => problems),
  };
}

/** Two repositories with one secret could speak for each other. */
function readOne(
  variable: Variable,
  environment: Environment,
  taken: Map<string, string>,
): Checked<readonly string[]> {
  const { value, problems } = readNeeded(variable, environment);
  if (value === undefined) return { value: [], problems };
  const secrets = value.split(',').map((part) => part.trim());
  const { name } = variable;
  const found = fault(secrets) ?? ownerOf(secrets, taken, name);
  for (const secret of secrets) taken.set(secret, name);
  if (found === undefined) return { value: secrets, problems: [] };
  const expected = `a secret of its own, of at least ${shortest} characters without blanks, or two with a comma between`;
  const problem: Problem = { path: name, expected, found };
  return { value: [], problems: [problem] };
}

function fault(secrets: readonly string[]): string | undefined {
  if (secrets.length > 2) return `${secrets.length} secrets`;
  const wrong = secrets.find((secret) => secret.length < shortest || /\s/.test(secret));
  if (wrong === undefined) return undefined;
  return /\s/.test(wrong) ? 'a secret with blanks in it' : `a secret of ${wrong.length} characters`;
}

function ownerOf(
  secrets: readonly string[],
  taken: ReadonlyMap<string, string>,
  name: string,
): string | undefined {
  const other = secrets.map((secret) => taken.get(secret)).find((one) => one !== undefined && one !== name);
  return other === undefined ? undefined : `the secret of ${other}`;
}
