import { describe, expect, it } from '@jest/globals';
import type { Store } from '../../../src/ports/store.js';
import { useCasesOn } from '../../../src/slack/use-cases.js';
import { isTransientPostgresError } from '../../../src/stores/postgres.js';
import { resumeClicks } from '../../../src/use-cases/approvals/decide.js';
import { openFreshStore } from '../../support/fresh-store.js';
import { createWorlds } from '../world/worlds.js';

const worlds = createWorlds();

describe('answering a click', () => {
  it('leaves it to the card to tell that a decision was taken up', async () => {
    const world = await worlds.openWithCard();
    await world.click('ada', 'approve');
    expect(world.slack.answers).toEqual([]);
  });

  it('tells everything else privately', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve');
    expect(world.slack.answers).toMatchObject([{ answer: { kind: 'vote-counted' } }]);
    await world.deliver();
    expect(world.slack.notices()).toEqual([]);
  });

  it('writes to the person when no private way is open', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    world.slack.isPrivateReplyPossible = false;
    await world.click('ada', 'approve');
    await world.deliver();
    expect(world.slack.notices()).toMatchObject([
      { to: 'D-U0ADA', notice: { kind: 'late-answer', reply: { kind: 'vote-counted', have: 1 } } },
    ]);
  });

  it('answers once, however often the chat hands the click in', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    const click = world.clickOf('ada', 'approve');
    await world.click('ada', 'approve', click);
    await world.click('ada', 'approve', click);
    expect(world.slack.answers).toHaveLength(1);
  });

  it('tells a person whose click met a defect of ours where to look in the log, and never casts it later', async () => {
    const defect = { isThere: true };
    const world = await worlds.openWithCard({
      runtime: async (name, work) => {
        if (name === 'chat.lookUpPerson' && defect.isThere) throw new TypeError('a defect');
        return work();
      },
    });
    const reply = await world.click('ada', 'approve');
    expect(reply).toMatchObject({ kind: 'broke' });
    expect(world.slack.answers).toMatchObject([{ answer: reply }]);
    expect(world.log.lines.at(-1)).toMatchObject({
      level: 'error',
      fields: { err: { message: 'a defect' } },
    });
    defect.isThere = false;
    world.restart();
    await resumeClicks(world.context);
    await world.passTime(60_000);
    expect(world.command.arrivals).toEqual([]);
    expect(world.slack.notices()).toEqual([]);
  });
});

describe('a store that is lost just after it has written a click’s outcome', () => {
  async function openLosing(quorum: number) {
    const inner = await openFreshStore();
    const loss = { isDue: false };
    const store: Store = {
      ...inner,
      async inTransaction(work) {
        const result = await inner.inTransaction(work);
        if (!loss.isDue) return result;
        loss.isDue = false;
        throw new Error('Connection terminated unexpectedly');
      },
    };
    return { world: await worlds.openWithCard({ quorum, store }), loss };
  }

  it('does not tell a person that their vote broke, since it counts', async () => {
    const { world, loss } = await openLosing(2);
    loss.isDue = true;
    await world.click('ada', 'approve');
    expect(world.slack.answers).toMatchObject([{ answer: { kind: 'vote-counted', have: 1 } }]);
  });

  it('leaves it to the card to tell that a decision stands, which is then carried out', async () => {
    const { world, loss } = await openLosing(1);
    loss.isDue = true;
    await world.click('ada', 'approve');
    expect(world.slack.answers).toEqual([]);
    await world.passTime(15_000);
    expect(world.command.arrivals).toHaveLength(1);
    expect(world.card().card.approval.state).toMatchObject({ ending: { kind: 'approved' } });
  });
});

describe('a connection to the database that is cut while a click is worked on', () => {
  it.each(['before', 'after'])(
    'costs nobody their decision, and makes none twice: %s the commit',
    async (when) => {
      const inner = await openFreshStore();
      const cut = { isDue: false };
      const store: Store = {
        ...inner,
        isTransient: isTransientPostgresError,
        inTransaction: (work) => {
          const isCut = cut.isDue;
          cut.isDue = false;
          const lost = new Error('Connection terminated unexpectedly');
          if (!isCut) return inner.inTransaction(work);
          if (when === 'before')
            return inner.inTransaction(async (transaction) => {
              await work(transaction);
              throw lost;
            });
          return inner.inTransaction(work).then(() => Promise.reject(lost));
        },
      };
      const world = await worlds.openWithCard({ store });
      cut.isDue = true;
      await world.click('ada', 'approve');
      expect(world.slack.answers).toMatchObject(when === 'before' ? [{ answer: { kind: 'kept' } }] : []);
      await resumeClicks(world.context);
      await world.passTime(15_000);
      expect(world.command.arrivals).toHaveLength(1);
      expect(world.card().card.approval.state).toMatchObject({ ending: { kind: 'approved' } });
    },
  );
});

describe('taking up clicks after a restart', () => {
  it('carries out what was only written down, and lets the card tell', async () => {
    const world = await worlds.openWithCard();
    await useCasesOn(world.context).approvals.writeDown(world.clickOf('ada', 'approve'));
    world.restart();
    await resumeClicks(world.context);
    await world.deliver();
    expect(world.card().card.approval.state).toMatchObject({ ending: { kind: 'approved' } });
    expect(world.slack.notices()).toMatchObject([{ to: 'D-U0KIM' }]);
  });

  it('writes to those whose clicks led nowhere', async () => {
    const world = await worlds.openWithCard();
    await useCasesOn(world.context).approvals.writeDown(world.clickOf('zoe', 'approve'));
    world.restart();
    await resumeClicks(world.context);
    await world.deliver();
    expect(world.slack.notices()).toMatchObject([
      { to: 'D-U0ZOE', notice: { kind: 'late-answer', reply: { kind: 'refused' } } },
    ]);
  });

  it('does not send a decision that lay there for ten minutes', async () => {
    const world = await worlds.openWithCard();
    await useCasesOn(world.context).approvals.writeDown(world.clickOf('ada', 'deny'));
    world.restart();
    world.clock.advance(600_000);
    await resumeClicks(world.context);
    await world.deliver();
    expect(world.command.arrivals).toHaveLength(0);
    expect(world.slack.notices()).toMatchObject([
      { to: 'D-U0ADA', notice: { reply: { kind: 'too-old', verdict: 'deny' } } },
    ]);
  });

  it('says nothing about clicks that were finished', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve');
    world.restart();
    await resumeClicks(world.context);
    await world.deliver();
    expect(world.slack.notices()).toEqual([]);
  });
});
