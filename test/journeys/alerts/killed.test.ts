import { afterEach, expect, it } from '@jest/globals';
import type { SeenMessage } from '../../../src/sandbox/slack/interactions.js';
import { textOf } from '../../support/stage/cards.js';
import { type House, openHouse } from '../../support/stage/open-house.js';
import { personas, places } from '../../support/stage/personas.js';

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

const definition = 'Nightly renewal';

function fail({ command }: House, title: string): void {
  command.startInstance({ definition, title, initiator: personas.sam.identity });
}

const alerts = ({ slack }: House): readonly SeenMessage[] => slack.messages(places.alerts);

function alertSaying(open: House, text: RegExp): Promise<SeenMessage> {
  return open.slack.waitFor(() => alerts(open).find((one) => text.test(textOf(one))), {
    timeoutMs: 25_000,
    whatFor: `an alert saying ${text}`,
  });
}

it('a bot that is killed after it told a failure does not tell it again, and tells what failed meanwhile', async () => {
  house = await openHouse('socket', { alerts: {} });
  const { command } = house;
  command.addDefinition({
    displayName: definition,
    workflowType: 'Enrollment',
    steps: [
      { extensionName: 'EnrollStep', uniqueName: 'Enroll1', displayName: 'Enroll', failsWith: 'No answer.' },
    ],
  });
  await house.start();
  const polls = () => command.requests.filter(({ path }) => path.endsWith('/Workflow/Instances')).length;
  const pollsOn = (times: number) => {
    const before = polls();
    return command.waitFor(() => polls() >= before + times, 15_000);
  };
  await pollsOn(3);
  fail(house, 'Renew one.keyexample.com');
  const reported = await alertSaying(house, /failed · /);
  await pollsOn(2);
  await house.kill();
  fail(house, 'Renew two.keyexample.com');
  await house.start();
  await alertSaying(house, /2 runs/);
  const now = alerts(house);
  expect(now.filter(({ threadTs }) => threadTs === undefined).map(({ ts }) => ts)).toEqual([reported.ts]);
});
