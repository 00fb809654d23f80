import type { KeyfactorCommand } from '../../simulators/keyfactor/keyfactor-command.js';
import type { Every } from '../keep-life-going.js';
import { portalPat } from '../scene/cast.js';
import { fail, renewedHosts } from './troubles.js';

const periodMs = 10_000;
/** After the first minute it is quiet for ten, so that nobody is drowned in what they came to try. */
const rounds = 66;

/**
 * Lets workflows fail: one alone, then twelve at once, then one that Pat restarts in Command's portal.
 *
 * The first two are left to the people in Slack. Returns what ends it.
 */
export function keepIncidentsComing({
  command,
  every,
}: {
  readonly command: Pick<KeyfactorCommand, 'startInstance' | 'restartInstance' | 'instance'>;
  readonly every: Every;
}): () => void {
  let tick = 0;
  let repaired: string | undefined;
  return every(periodMs, async () => {
    tick += 1;
    switch (tick % rounds) {
      case 1:
        fail(command, 'share');
        break;
      case 2:
        fail(command, 'authority', renewedHosts);
        break;
      case 3:
        [repaired] = fail(command, 'mail');
        break;
      case 6:
        // Somebody in Slack may have been quicker.
        if (repaired !== undefined && command.instance(repaired).status === 'Failed')
          command.restartInstance(repaired, portalPat.name);
        break;
      default:
        break;
    }
  });
}
