import { checkUser } from '../access/check-user.js';
import { Refusal } from '../server/refusal.js';
import { alertEngine } from '../world/alert.js';
import { findRepository } from '../world/start-execution.js';
import type { World } from '../world/world.js';
import { readData } from './execute.js';
import type { Operation } from './operation.js';
import { done } from './operation.js';

/** Tells the engine about an event for a sleeping activity. */
export function alertEngineOperation(world: World): Operation {
  return {
    name: 'AlertEngine',
    method: 'POST',
    respond(call) {
      const { fields, caller } = call;
      const alert = {
        repository: fields.text('repository'),
        workflow: fields.text('workflow'),
        executionDetailsId: fields.id('executiondetailsid'),
        user: fields.text('user'),
        output: fields.text('output'),
        status: fields.text('status'),
        data: readData(world, call) ?? null,
      };
      const { providers } = findRepository(world, alert.repository);
      checkUser(alert.user, { providers, caller }, world.behaviour());
      const problem = alertEngine(world, alert);
      if (problem === undefined) return done(true);
      const handled = world.behaviour().futileAlert[problem];
      if (handled === 'error') throw new Refusal('engine', `The alert cannot be delivered: ${problem}.`);
      return done(handled === 'accepted');
    },
  };
}
