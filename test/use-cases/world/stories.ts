import type { ClickVerb } from '../../../src/domain/voting.js';
import type { Mortality } from './mortality.js';
import type { World } from './open-world.js';
import type { Actor } from './people.js';

/** A story on a mortal bot, told until it dies. */
export interface Play {
  readonly world: World;
  readonly mortality: Mortality;
  /** Clicks of which the chat was told that they are safe. */
  readonly written: Set<string>;
  click(actor: Actor, verb: ClickVerb): Promise<void>;
}

/** What happens after a card for one run was posted. */
export interface Story {
  readonly name: string;
  /** How many people the settings want, and how many identities the system wants. */
  readonly quorum: number;
  readonly needed: number;
  /** How long a decision waits to be taken back; not at all unless told. */
  readonly holdMs?: number;
  run(play: Play): Promise<void>;
}

/** Stories in which the bot may die anywhere. */
export const stories: readonly Story[] = [
  {
    name: 'two people approve',
    quorum: 2,
    needed: 1,
    async run({ world, click }) {
      await click('ada', 'approve');
      await world.deliver();
      await click('bo', 'approve');
      await world.passTime(15_000);
    },
  },
  {
    name: 'somebody withdraws, and somebody else denies',
    quorum: 2,
    needed: 1,
    async run({ world, click }) {
      await click('ada', 'approve');
      await click('ada', 'withdraw');
      await click('bo', 'deny');
      await world.passTime(15_000);
    },
  },
  {
    name: 'an approval is recorded, and another identity completes it',
    quorum: 1,
    needed: 2,
    async run({ world, click }) {
      await click('ada', 'approve');
      await world.passTime(15_000);
      world.command.decideElsewhere('run-1', true);
      await world.passTime(15_000);
    },
  },
  {
    name: 'a decision is held to be taken back, and goes out by itself',
    quorum: 1,
    needed: 1,
    holdMs: 10_000,
    async run({ world, click }) {
      await click('ada', 'approve');
      await world.deliver();
      world.clock.advance(10_000);
      await world.deliver();
      await world.passTime(15_000);
    },
  },
  {
    name: 'a held decision is taken back, and another one goes out',
    quorum: 1,
    needed: 1,
    holdMs: 10_000,
    async run({ world, click }) {
      await click('ada', 'approve');
      await click('ada', 'take-back');
      await click('bo', 'deny');
      await world.passTime(15_000);
    },
  },
  {
    name: 'a decision is held while Command is away, and sent later',
    quorum: 1,
    needed: 1,
    async run({ world, click }) {
      world.command.faults.isUnreachable = true;
      await click('ada', 'approve');
      await world.passTime(15_000);
      world.command.faults.isUnreachable = false;
      await world.passTime(15_000);
    },
  },
  {
    name: 'a held decision is taken back',
    quorum: 1,
    needed: 1,
    async run({ world, click }) {
      world.command.faults.isUnreachable = true;
      await click('ada', 'approve');
      await world.deliver();
      await click('ada', 'take-back');
      world.command.faults.isUnreachable = false;
      await world.passTime(15_000);
    },
  },
  {
    name: 'the facts change under a vote',
    quorum: 2,
    needed: 1,
    async run({ world, click }) {
      await click('ada', 'approve');
      world.command.changeFacts('run-1', { names: ['other.example.com'] });
      await click('bo', 'approve');
      await world.passTime(15_000);
      await click('bo', 'approve');
      await world.deliver();
    },
  },
  ...(['timeout-before', 'timeout-after', 'timeout-late'] as const).map(
    (kind): Story => ({
      name: `a signal meets a ${kind}`,
      quorum: 1,
      needed: 1,
      async run({ world, click }) {
        world.command.faults.nextSignal = { kind };
        await click('ada', 'approve');
        for (let poll = 0; poll < 3; poll += 1) await world.passTime(20_000);
      },
    }),
  ),
];
