import { existsSync } from 'node:fs';

/** Runs the bot between simulators, or plays the whole story as a check; returns the exit code. */
export async function demo(options: {
  readonly port: number;
  readonly isCheck: boolean;
  readonly isShadow: boolean;
}): Promise<number> {
  if (!isHere()) return refuse('The demo is not part of this image. Run it in a checkout: npm run demo');
  return (await import('../sandbox/demo/demo.js')).demo(options);
}

/** Runs the simulators alone, to rehearse an installation against; returns the exit code. */
export async function sandbox(options: { readonly port: number; readonly dir: string }): Promise<number> {
  if (!isHere()) {
    return refuse('The sandbox is not part of this image. Run it in a checkout: npm run sandbox');
  }
  return (await import('../sandbox/demo/rehearsal.js')).rehearse(options);
}

/** The image is built without what pretends. */
function isHere(): boolean {
  return existsSync(new URL('../sandbox/demo/demo.js', import.meta.url));
}

function refuse(sentence: string): number {
  process.stderr.write(`${sentence}\n`);
  return 1;
}
