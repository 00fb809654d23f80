import { createLog } from '../log.js';
import { runCheck } from './check/run-check.js';
import { createEvery } from './every-so-often.js';
import { greeting } from './greeting.js';
import { keepLifeGoing } from './keep-life-going.js';
import { type Demo, openDemo } from './open-demo.js';
import { keepIncidentsComing } from './trouble/keep-trouble-coming.js';
import { untilStopSignal } from './until-told-to-stop.js';

/** Runs the bot between simulators until Ctrl-C, or plays the whole story as a check; returns the exit code. */
export async function demo(options: { readonly port: number; readonly isCheck: boolean }): Promise<number> {
  const { port, isCheck } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    process.stderr.write('--port takes a number from 0 to 65535; 0 takes any free port.\n');
    return 2;
  }
  if (isCheck) return runCheck((text) => void process.stdout.write(text));
  const stage = await openOnFreePort(port);
  const stopSignal = untilStopSignal();
  process.stdout.write(greeting(stage.url));
  const { command, ask, opening } = stage;
  const every = createEvery((error) => void process.stderr.write(`${String(error)}\n`));
  const endLife = keepLifeGoing({ command, ask, first: opening.wiki, every });
  const endIncidents = keepIncidentsComing({ command, every });
  await stopSignal;
  process.stdout.write('\nStopping…\n');
  endLife();
  endIncidents();
  await stage.close();
  return 0;
}

async function openOnFreePort(port: number): Promise<Demo> {
  const log = createLog({ level: 'warn', to: process.stderr });
  try {
    return await openDemo({ port, log });
  } catch (error) {
    if (!isTaken(error)) throw error;
    process.stdout.write(`Port ${port} is taken; using a free one.\n`);
    return openDemo({ port: 0, log });
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
