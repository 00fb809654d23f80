// A bot in a process of its own, which does what it is told and says what that cost.
import { startBot } from '../../dist/bot.js';
import { realRuntime } from '../../dist/cli/start.js';
import { loadSettings } from '../../dist/config.js';
import { createLog } from '../../dist/log.js';
import { cpuMsOf, settledRssMb } from './measure.mjs';

let bot;

process.once('SIGTERM', () => process.exit(0));
process.on('message', async (message) => process.send(await response(message)));

async function response({ kind, settings, jobs = 'by-hand' }) {
  if (kind === 'start') {
    const beganMs = performance.now();
    const loaded = loadSettings({
      file: 'bench.yml',
      env: settings.env,
      readFile: () => Buffer.from(settings.file),
    });
    const log = createLog({ level: 'error' });
    bot = await startBot({ ...loaded, http: { ...loaded.http, port: 0 } }, { ...realRuntime(log), jobs });
    // Counted from the beginning of the process, imports included.
    return { port: bot.port, readyMs: performance.now(), startMs: performance.now() - beganMs };
  }
  if (kind === 'observe') return { cpuMs: await cpuMsOf(() => bot.observe()) };
  if (kind === 'cpu') {
    const { user, system } = process.cpuUsage();
    return { cpuMs: (user + system) / 1000 };
  }
  if (kind === 'memory')
    return { peakMb: process.resourceUsage().maxRSS / 1024, rssMb: await settledRssMb() };
  if (kind === 'stop') await bot.stop();
  return {};
}
