import { readFileSync } from 'node:fs';
import { readOperations, type Settings } from '../config.js';
import { fileHeader, reloadHeader } from '../http/server.js';
import type { ReloadResult } from '../reload.js';
import { assertNever, messageOf } from '../shared/language.js';
import { reportProblems, type SettingsSource, wholePath } from './settings.js';

/** Longer than jobs by the old settings may take to end. */
const repliedWithinMs = 30_000;

/**
 * Asks the bot on this machine to load its settings anew, and says what came of it.
 *
 * Returns the exit code: 0 if it goes by them or will once the others have them, 1 if it stays as it is, 2 if the
 * settings are wrong.
 */
export async function reload(options: SettingsSource & { readonly isConfirmed: boolean }): Promise<number> {
  const operations = operationsIn(options);
  if (!operations) return 2;
  const { host, port } = operations;
  const here = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const address = `http://${here.includes(':') ? `[${here}]` : here}:${port}/reload`;
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: {
        [reloadHeader]: options.isConfirmed ? 'confirm' : 'ask',
        [fileHeader]: encodeURIComponent(wholePath(options.file)),
      },
      signal: AbortSignal.timeout(repliedWithinMs),
    });
    if (!response.ok) {
      process.stderr.write(`The bot refused: ${(await response.text()).trim()}\n`);
      return 1;
    }
    const result = (await response.json()) as ReloadResult;
    const { text, code } = renderReload(result);
    (code === 0 ? process.stdout : process.stderr).write(`${text}\n`);
    return code;
  } catch (error) {
    process.stderr.write(
      `No bot answers at ${address} (${messageOf(error)}). Start it, or check operations.host and operations.port: a change of these needs a restart, and until then the bot listens where it did.\n`,
    );
    return 1;
  }
}

/** Gives where the bot listens, which is all that is needed here: the bot checks the rest, with its own secrets. */
function operationsIn({ file }: SettingsSource): Settings['operations'] | undefined {
  try {
    return readOperations(file, (path) => readFileSync(path));
  } catch (error) {
    return reportProblems(error);
  }
}

/** Says what came of a reload, and what to do where nothing did. */
export function renderReload(result: ReloadResult): { readonly text: string; readonly code: number } {
  switch (result.kind) {
    case 'applied':
      return { text: `In force now. Changed: ${listed(result.changed)}.`, code: 0 };
    case 'unchanged':
      return { text: 'Nothing has changed.', code: 0 };
    case 'waiting': {
      const { others } = result;
      const who = others === 1 ? '1 other replica has' : `${others} other replicas have`;
      return { text: `Loaded. In force once ${who} loaded the same settings.`, code: 0 };
    }
    case 'needs-restart':
      if (result.why === 'port-not-open')
        return {
          text: 'Not loaded: these settings are called from outside, and the port of http is opened at a start only. Restart the bot. The old settings stay in force.',
          code: 1,
        };
      return {
        text: `Not loaded: a change of ${listed(result.settings)} needs a restart. The old settings stay in force.`,
        code: 1,
      };
    case 'ends-approvals': {
      const systems = result.systems.map(({ name, open }) => `${name} (${open} open)`);
      return {
        text: `Not loaded: the settings leave out ${listed(systems)}, whose approvals would end. If that is meant: countersign reload --confirm`,
        code: 1,
      };
    }
    case 'invalid': {
      const problems = result.problems.map(
        ({ path, expected, found }) => `  ${path}: expected ${expected}; found ${found}`,
      );
      return {
        text: ['Not loaded: as the bot reads them, the settings are wrong.', ...problems].join('\n'),
        code: 2,
      };
    }
    case 'stopping':
      return { text: 'Not loaded: the bot is stopping.', code: 1 };
    default:
      return assertNever(result);
  }
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'only secrets' : names.join(', ');
}
