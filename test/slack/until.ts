/** Waits until something is so, looking every few milliseconds; fails after ten seconds. */
export async function until(isSo: () => boolean): Promise<void> {
  const endMs = Date.now() + 10_000;
  while (!isSo()) {
    if (Date.now() > endMs) throw new Error('It did not come to be so in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
