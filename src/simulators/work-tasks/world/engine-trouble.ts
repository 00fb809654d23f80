import { Refusal } from '../server/refusal.js';
import type { World } from './world.js';

/** Refuses in the engine's words; old versions have but one message for three causes. */
export function engineFault(world: World, message: string): Refusal {
  const isVague = world.behaviour().engineMessages === 'one-for-all';
  return new Refusal('engine', isVague ? 'The workflow engine is not running.' : message);
}

/** Refuses new work while the engine is stopped, unless it queues. */
export function requireEngine(world: World): void {
  const { engine, stoppedEngine } = world.behaviour();
  if (engine === 'stopped' && stoppedEngine === 'refuses') {
    throw engineFault(world, 'The workflow engine service has been stopped.');
  }
}
