// A simulation in a process of its own, as the command line runs it.
import { simulate } from '../../dist/cli/simulate.js';

process.once('SIGTERM', () => process.exit(0));
process.on('message', async ({ command }) => {
  process.stdout.write = () => true;
  // What the system keeps as the highest is that of the process which started this one.
  let peakMb = 0;
  const sampling = setInterval(() => {
    peakMb = Math.max(peakMb, process.memoryUsage.rss() / 1024 / 1024);
  }, 20);
  const beganMs = performance.now();
  const code = await simulate({ ...command, since: '3650d', isFromServer: false, isJson: false });
  const tookMs = performance.now() - beganMs;
  clearInterval(sampling);
  process.send({ code, tookMs, peakMb });
});
