// A bot in a process of its own, which does what it is told and says what that cost.
import { startBot } from '../../dist/bot.js';
import { realRuntime } from '../../dist/cli/start.js';
import { loadSettings } from '../../dist/config.js';
import { createLog } from '../../dist/log.js';
import { cpuMsOf, settledRssMb } from './measure.mjs';

let bot;
/** How far the bot's clock is ahead. */
let offsetMs = 0;

process.once('SIGTERM', () => process.exit(0));
process.on('message', async (message) => process.send(await response(message)));

async function response({ kind, settings, jobs = 'by-hand', ms }) {
  if (kind === 'start') {
    const beganMs = performance.now();
    const loaded = settingsFrom(settings);
    const log = createLog({ level: process.env.BENCH_LOG ?? 'error' });
    const now = () => Date.now() + offsetMs;
    bot = await startBot(loaded, { ...realRuntime(log), now, jobs });
    // Counted from the beginning of the process, imports included.
    return { port: bot.port, readyMs: performance.now(), startMs: performance.now() - beganMs };
  }
  if (kind === 'observe') return { cpuMs: await cpuMsOf(() => bot.observe()) };
  if (kind === 'cpu') {
    const { user, system } = process.cpuUsage();
    return { cpuMs: (user + system) / 1000 };
  }
  if (kind === 'memory') {
    const rssMb = await settledRssMb();
    const heapMb = process.memoryUsage().heapUsed / 1024 / 1024;
    return { peakMb: process.resourceUsage().maxRSS / 1024, rssMb, heapMb };
  }
  if (kind === 'advance') offsetMs += ms;
  if (kind === 'remove-old') await bot.removeOld();
  if (kind === 'reload') {
    const reloaded = await bot.reload(settingsFrom(settings), { isConfirmed: false });
    return { result: reloaded.kind };
  }
  if (kind === 'stop') await bot.stop();
  return {};
}

function settingsFrom({ file, env }) {
  const loaded = loadSettings({ file: 'bench.yml', env, readFile: () => Buffer.from(file) });
  return { ...loaded, http: { ...loaded.http, port: 0 } };
}
