// A report in a process of its own, beside which a click would have to wait for the longest piece of it.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { lastDays } from '../../dist/domain/report.js';
import { openStore } from '../../dist/stores/index.js';
import { composeReport } from '../../dist/use-cases/report.js';

process.once('SIGTERM', () => process.exit(0));
process.on('message', async ({ store: place, password, nowMs, days }) => {
  const store = await openStore(place, { password, readOnly: true });
  const take = async (count) => {
    globalThis.gc();
    let peakMb = 0;
    const sampling = setInterval(() => {
      peakMb = Math.max(peakMb, process.memoryUsage.rss() / 1024 / 1024);
    }, 5);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const cpu = process.cpuUsage();
    const beganMs = performance.now();
    const { total } = await composeReport(
      { store, policy: { people: [] } },
      lastDays(nowMs, count, 'Europe/Berlin'),
    );
    const tookMs = performance.now() - beganMs;
    const { user, system } = process.cpuUsage(cpu);
    delay.disable();
    clearInterval(sampling);
    return { tookMs, peakMb, cpuMs: (user + system) / 1e3, longestWaitMs: delay.max / 1e6, total };
  };
  // The first report also loads and compiles what every other needs.
  const { peakMb: monthMb } = await take(31);
  const year = await take(days);
  await store.close();
  process.send({ ...year, monthMb, timed: year.total.times?.count });
});
