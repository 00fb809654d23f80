/** Gives the median of some numbers. */
export function median(numbers) {
  return quantile(numbers, 0.5);
}

/** Gives the value below which a share of some numbers lies. */
export function quantile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Gives the milliseconds of processor time some work takes in this process. */
export async function cpuMsOf(work) {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Waits in real time. */
export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Gives the memory of this process once garbage is collected, and what it was in is given back.
 *
 * V8 hands pages back to the system some seconds after it has emptied them.
 */
export async function settledRssMb() {
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.();
    await pause(2_000);
  }
  return process.memoryUsage.rss() / 1024 / 1024;
}
