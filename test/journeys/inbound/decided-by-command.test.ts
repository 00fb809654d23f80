import { describe, expect, it } from '@jest/globals';
import type { SeenMessage } from '../../../src/sandbox/slack/interactions.js';
import { ask, becomes, order } from '../../support/stage/ask.js';
import { buttonsOf, cardSaying, click, textOf, theCard } from '../../support/stage/cards.js';
import { confirm } from '../../support/stage/commands.js';
import { type Stage, transports } from '../../support/stage/open-stage.js';
import { personas, places } from '../../support/stage/personas.js';
import {
  type AccessRun,
  finishInbound,
  openInboundStage,
  send,
  sendByKey,
  startAccess,
  workTasksName,
} from './inbound-work-tasks.js';

const rules = { operators: ['sam', 'ana'], quorum: 2, approveWith: 'one-click' } as const;

function activityOf(stage: Stage, run: AccessRun): string {
  return String(stage.workTasks.sleepingAt(run)?.executionDetailsId);
}

function line(run: Pick<AccessRun, 'id'>, activity: string): string {
  return `alert "Access WF#${run.id}" ${activity} Approved`;
}

/** Says who may have answered, so that it is found on a card and told from a card that says nothing of it. */
const mayBeDecided = new RegExp(`${personas.sam.name}.* may have answered this activity already`, 's');

function cardLinkIn(reply: SeenMessage, card: SeenMessage): boolean {
  const [, code = 'none'] = /· (K\w+)/.exec(textOf(card)) ?? [];
  return textOf(reply).includes(code) && textOf(reply).includes(`<#${places.pki}>`);
}

describe.each(transports)('an activity that an approval stands for, and a command, over %s:', (transport) => {
  it.each([
    ['the activity', (_run: AccessRun, activity: string) => activity, 0],
    ['the activity with a zero before it', (_run: AccessRun, activity: string) => `00${activity}`, 0],
    ['the activity under another execution', (_run: AccessRun, activity: string) => activity, 1],
  ])(
    'the command is refused whoever may run it, with a link to the card, when it names %s',
    async (_what, typed, later) => {
      const stage = await openInboundStage(transport, rules);
      const run = await startAccess(stage);
      const activity = activityOf(stage, run);
      await send(stage, run);
      const named = later === 0 ? run : await startAccess(stage);
      const reply = await ask(stage, {
        as: 'sam',
        line: line(named, typed(run, activity)),
        shows: /is open for this activity.*Nothing was changed/s,
      });
      expect(textOf(reply)).not.toContain('command.confirm');
      expect(cardLinkIn(reply, theCard(stage))).toBe(true);
      await finishInbound(stage, []);
    },
  );

  it('the command is refused while a card of its execution has no activity yet, however the run is typed', async () => {
    const stage = await openInboundStage(transport, rules);
    const run = await startAccess(stage);
    await sendByKey(stage, run);
    for (const typed of [`Access WF#${run.id}`, `access wf#0${run.id}`]) {
      const reply = await ask(stage, {
        as: 'sam',
        line: `alert "${typed}" ${activityOf(stage, run)} Approved`,
        shows: /has not said for which activity.*Nothing was changed/s,
      });
      expect(cardLinkIn(reply, theCard(stage))).toBe(true);
    }
    await finishInbound(stage, []);
  });

  it('the command is refused for every run of the workflow while a card of one has no activity yet', async () => {
    const stage = await openInboundStage(transport, rules);
    const run = await startAccess(stage);
    await sendByKey(stage, run);
    const other = await startAccess(stage);
    for (const typed of [`Access WF#${other.id}`, `access wf#0${other.id}`]) {
      const reply = await ask(stage, {
        as: 'sam',
        line: `alert "${typed}" ${activityOf(stage, run)} Approved`,
        shows: /has not said for which activity.*Nothing was changed/s,
      });
      expect(cardLinkIn(reply, theCard(stage))).toBe(true);
    }
    await finishInbound(stage, []);
  });

  it('a proposal that was shown before the approval came is not sent when it is confirmed', async () => {
    const stage = await openInboundStage(transport, rules);
    const run = await startAccess(stage);
    const proposed = await ask(stage, {
      as: 'sam',
      line: line(run, activityOf(stage, run)),
      shows: /Answers activity .*Approved/s,
    });
    await send(stage, run);
    await confirm(stage, 'sam', proposed);
    const reply = await becomes(stage, proposed, /is open for this activity.*Nothing was changed/s);
    expect(cardLinkIn(reply, theCard(stage))).toBe(true);
    expect(textOf(theCard(stage))).not.toMatch(mayBeDecided);
    await finishInbound(stage, []);
  });

  it('the command answers another activity that no approval stands for', async () => {
    const stage = await openInboundStage(transport, rules);
    const run = await startAccess(stage);
    await send(stage, run);
    const other = await startAccess(stage);
    await order(stage, {
      as: 'sam',
      line: line(other, activityOf(stage, other)),
      shows: /Answers activity .*Approved/s,
      ends: /Answered/,
    });
    expect(textOf(theCard(stage))).not.toMatch(mayBeDecided);
    await finishInbound(stage, [`Approved as ${workTasksName('sam')}`]);
  });

  it.each([
    ['was taken', undefined, /Answered/],
    ['was never answered', 'hang-after-effect', /not known/],
  ] as const)(
    'a card that comes after a command that %s says who may have answered, also after a restart, and takes votes',
    async (_what, fault, ends) => {
      const stage = await openInboundStage(transport, rules);
      const run = await startAccess(stage);
      const body = { executiondetailsid: stage.workTasks.hookBody(run).executiondetailsid ?? '' };
      if (fault) stage.workTasks.fail({ method: 'POST', path: 'AlertEngine', fault });
      await order(stage, {
        as: 'sam',
        line: line(run, activityOf(stage, run)),
        shows: /Answers activity .*Approved/s,
        ends,
      });
      expect(await send(stage, run, body)).toMatchObject({ status: 201 });
      expect(textOf(theCard(stage))).toMatch(mayBeDecided);
      expect(buttonsOf(theCard(stage))).toContain('Approved');
      await stage.restart();
      await click(stage, 'ana', theCard(stage), 'approve#0');
      const voted = await cardSaying(stage, /1 of 2/);
      expect(textOf(voted)).toMatch(mayBeDecided);
      await finishInbound(stage, [`Approved as ${workTasksName('sam')}`]);
    },
  );

  it('a card that comes after a command that Work Tasks refused does not say that it may be answered', async () => {
    const stage = await openInboundStage(transport, rules);
    const run = await startAccess(stage);
    stage.workTasks.fail({ method: 'POST', path: 'AlertEngine', fault: 'http-401', times: 2 });
    await order(stage, {
      as: 'sam',
      line: line(run, activityOf(stage, run)),
      shows: /Answers activity .*Approved/s,
      ends: /refused.*Nothing was changed/s,
    });
    await send(stage, run);
    expect(textOf(theCard(stage))).not.toContain('may have been answered');
    await finishInbound(stage, []);
  });
});
