import { describe, expect, it } from '@jest/globals';

import { type changingVerbs, type Verb, verbs } from '../../../src/domain/commands.js';
import { ask, order } from '../../support/stage/ask.js';
import { askForCertificate } from '../../support/stage/enrollments.js';
import { type Stage, transports } from '../../support/stage/open-stage.js';
import {
  changesSent,
  grantManage,
  type LeaveRun,
  openWorkTasksScenario,
  startLeave,
} from '../../support/stage/work-tasks.js';

type Changing = (typeof changingVerbs)[number];

/** What is typed, what is asked, how it ends, and the one call that was made. */
interface Story {
  readonly prepare?: (stage: Stage, run: LeaveRun) => void;
  readonly line: (run: string, detailsId: string) => string;
  readonly shows: RegExp;
  readonly ends: RegExp;
  readonly sends: string;
}

const inCommand: Readonly<Partial<Record<Changing, Story>>> = {
  restart: {
    line: (run) => `restart ${run} 1`,
    shows: /Restart this workflow.*from step 1 with version 1.*cannot be undone/s,
    ends: /Restarted; it continues as .*run .* it is now Waiting.*status/s,
    sends: 'Restart',
  },
  stop: {
    line: (run) => `stop ${run}`,
    shows: /Stop this workflow.*goes no further.*cannot be undone/s,
    ends: /Stopped\. In Command it is now Rejected/,
    sends: 'Stop',
  },
};

const inWorkTasks: Readonly<Partial<Record<Changing, Story>>> = {
  execute: {
    line: () => 'execute "Leave WF" days=2.5',
    shows: /Start this workflow.*Leave WF.*Days = .*2\.5/s,
    ends: /Started as .*run .*Leave WF#1002.* it is now Waiting.*status/s,
    sends: 'executewithvariables',
  },
  pause: {
    line: (run) => `pause ${run}`,
    shows: /Pause this workflow.*Undo later: .*resume K\w+/s,
    ends: /Paused\. In Work Tasks it is now Paused.*To undo: .*resume/s,
    sends: 'pause',
  },
  resume: {
    prepare: (stage, { execution }) => stage.workTasks.failWithError(execution, 'The mail server is away.'),
    line: (run) => `resume ${run}`,
    shows: /Resume this workflow.*tries again from where it failed/s,
    ends: /Resumed\. In Work Tasks it is now Waiting.*To undo: .*pause/s,
    sends: 'resumeworkflowwitherrors',
  },
  abort: {
    line: (run) => `abort ${run}`,
    shows: /Abort this workflow.*cannot be undone/s,
    ends: /Aborted\. In Work Tasks it is now Aborted/,
    sends: 'abort',
  },
  alert: {
    line: (run, detailsId) => `alert ${run} ${detailsId} Approved`,
    shows: /Answer this activity.*Answers activity .*Approved.*cannot be undone/s,
    ends: /Answered\. In Work Tasks it is now Complete/,
    sends: 'AlertEngine',
  },
};

describe.each(transports)('verbs that change something, over %s', (transport) => {
  it.each(Object.entries(inCommand))('%s is asked, sent once and seen in Command', async (_verb, story) => {
    const stage = await openWorkTasksScenario(transport);
    grantManage(stage);
    const id = await askForCertificate(stage);
    const { line, shows, ends, sends } = story;
    await order(stage, { line: line(id, ''), shows, ends });
    await stage.observeAfter(15_000);
    expect(changesSent(stage)).toEqual([sends]);
    await stage.close();
  });

  it.each(Object.entries(inWorkTasks))(
    '%s is asked, sent once and seen in Work Tasks',
    async (_verb, story) => {
      const stage = await openWorkTasksScenario(transport);
      const run = startLeave(stage);
      const detailsId = String(stage.workTasks.sleepingAt(run.execution)?.executionDetailsId);
      const { prepare, line, shows, ends, sends } = story;
      prepare?.(stage, run);
      await order(stage, { line: line(run.typed, detailsId), shows, ends });
      await stage.observeAfter(15_000);
      expect(changesSent(stage)).toEqual([sends]);
      await stage.close();
    },
  );
});

describe('a verb one system does not know', () => {
  it.each([
    ...(['pause', 'resume', 'abort'] as const).map((verb) => [verb, 'Command'] as const),
    ...(['restart', 'stop'] as const).map((verb) => [verb, 'Work Tasks'] as const),
  ])('“%s” is not offered by %s, which names what it offers', async (verb, system) => {
    const stage = await openWorkTasksScenario('socket');
    const run = system === 'Command' ? await askForCertificate(stage) : startLeave(stage).typed;
    await ask(stage, {
      line: `${verb} ${run}`,
      shows: new RegExp(`${system} has no “${verb}”.*Available: status`, 's'),
    });
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });

  it('is told also where the verb wants more than a run', async () => {
    const stage = await openWorkTasksScenario('socket');
    const id = await askForCertificate(stage);
    await ask(stage, { line: `alert ${id} 1 Approved`, shows: /Command has no “alert”/ });
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });
});

it('every verb that changes something has a story here', () => {
  // Whoever requested a run cancels it in a window: test/journeys/canceling.test.ts.
  const reported = new Set<Verb | string>(['cancel', ...Object.keys(inCommand), ...Object.keys(inWorkTasks)]);
  expect(verbs.filter(({ changes }) => changes).filter(({ name }) => !reported.has(name))).toEqual([]);
});
