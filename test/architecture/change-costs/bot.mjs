// What the checks of the changes start: the bot of the copy that a change was made to.
import { settingsOf } from '../../bench/scene.mjs';

const dist = new URL('../../../dist/', import.meta.url).href;

/** Starts the compiled bot in a scene, with more in its settings and its environment; its jobs are run by hand. */
export async function startBot(scene, more = {}, moreEnv = {}) {
  const [{ startBot: start }, { loadSettings }, { createLog }, { realRuntime }] = await Promise.all(
    ['bot', 'config', 'log', 'cli/start'].map((part) => import(`${dist}${part}.js`)),
  );
  const { file, env } = settingsOf(scene);
  const text = JSON.stringify({ ...JSON.parse(file), ...more });
  const settings = loadSettings({
    file: 'change.yml',
    env: { ...env, ...moreEnv },
    readFile: () => Buffer.from(text),
  });
  return start(settings, { ...realRuntime(createLog({ level: 'error' })), jobs: 'by-hand' });
}

/** Ends the check, saying what the change was to bring, where that is not so. */
export function demand(isSo, what) {
  if (!isSo) throw new Error(`This is not so: ${what}`);
}
