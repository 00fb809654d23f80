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
