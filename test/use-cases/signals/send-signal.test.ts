import { describe, expect, it } from '@jest/globals';
import { people, policyOf } from '../world/people.js';
import { createWorlds } from '../world/worlds.js';
import { recordsOf } from '../world/wrong-records.js';

const worlds = createWorlds();
const minuteMs = 60_000;

describe('a decision that may be sent', () => {
  it('is recorded, and not called an approval, where the system wants more identities', async () => {
    const world = await worlds.openWithCard({ needed: 2 });
    await world.click('ada', 'approve');
    expect((await world.approval()).state).toMatchObject({
      kind: 'recorded',
      decision: { verdict: 'approve' },
    });
    world.command.decideElsewhere('run-1', true);
    await world.passTime(15_000);
    expect(world.card().card.approval.state).toMatchObject({ ending: { kind: 'approved', elsewhere: true } });
  });

  it('ends differently than decided when others reject what was recorded', async () => {
    const world = await worlds.openWithCard({ needed: 2 });
    await world.click('ada', 'approve');
    world.command.decideElsewhere('run-1', false);
    await world.passTime(15_000);
    expect(world.card().card.approval.state).toMatchObject({ ending: { kind: 'overtaken' } });
  });

  it('is called not moved when the system accepts it and stands still, and is never sent again', async () => {
    const world = await worlds.openWithCard();
    world.command.faults.nextSignal = { kind: 'stuck' };
    await world.click('ada', 'approve');
    expect((await world.approval()).state.kind).toBe('not-moved');
    await world.passTime(2 * minuteMs);
    await world.passTime(2 * minuteMs);
    expect(world.command.arrivals).toHaveLength(1);
    expect(world.slack.notices()).toMatchObject([
      { to: 'C0OPERATORS', notice: { event: { kind: 'not-moved' } } },
    ]);
    world.command.runDailyTask();
    await world.passTime(minuteMs);
    expect(world.card().card.approval.state).toMatchObject({ ending: { kind: 'approved' } });
  });

  it('is watched when its effect cannot be read, and told as soon as it can', async () => {
    const world = await worlds.openWithCard({
      runtime: async (name, work) => {
        const result = await work();
        if (name === 'command.sendSignal') world.command.faults.isDetailUnreadable = true;
        return result;
      },
    });
    await world.click('ada', 'approve');
    expect((await world.approval()).state).toMatchObject({ kind: 'checking', isAccepted: true });
    await world.passTime(minuteMs);
    expect((await world.approval()).state).toMatchObject({ kind: 'checking', isAccepted: true });
    world.command.faults.isDetailUnreadable = false;
    await world.passTime(minuteMs);
    expect(world.card().card.approval.state).toMatchObject({ ending: { kind: 'approved' } });
    expect(world.command.arrivals).toHaveLength(1);
  });
});

describe('a decision that cannot be sent now', () => {
  it.each(['unsent', 'sign-in'] as const)('is held and sent later: %s', async (why) => {
    const world = await worlds.openWithCard();
    world.command.faults.nextSignal =
      why === 'unsent' ? { kind: 'unsent' } : { kind: 'refuse', reason: 'sign-in' };
    await world.click('ada', 'approve');
    expect((await world.approval()).state).toMatchObject({
      kind: 'held',
      untilMs: world.clock.now() + 10 * minuteMs,
    });
    await world.passTime(minuteMs);
    expect(world.card().card.approval.state).toMatchObject({ ending: { kind: 'approved' } });
    expect(world.command.arrivals).toHaveLength(1);
  });

  it('is held when a voter cannot be checked again just before', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve');
    const polls = { left: 1 };
    const click = world.clickOf('bo', 'approve');
    world.restart({
      store: {
        ...world.store,
        rememberPerson: async (person, nowMs) => {
          polls.left -= 1;
          if (polls.left === 0) world.slack.failNext({ call: 'lookUpPerson', code: 'unavailable' });
          await world.store.rememberPerson(person, nowMs);
        },
      },
    });
    await world.click('bo', 'approve', click);
    expect((await world.approval()).state.kind).toBe('held');
    expect(world.command.arrivals).toHaveLength(0);
    await world.passTime(minuteMs);
    expect(world.command.arrivals).toHaveLength(1);
  });

  it('is given up after ten minutes, and everybody who made it is told that nothing was changed', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve');
    world.command.faults.isUnreachable = true;
    await world.click('bo', 'approve');
    await world.passTime(10 * minuteMs);
    const { approval, actions, votes } = world.card().card;
    expect(approval.state).toMatchObject({ kind: 'waiting', note: { kind: 'released' } });
    expect({ actions, votes }).toEqual({ actions: ['approve', 'deny', 'details', 'ask'], votes: [] });
    expect(world.slack.notices()).toMatchObject([
      { to: 'D-U0ADA', notice: { kind: 'released', why: 'unreachable' } },
      { to: 'D-U0BO', notice: { kind: 'released', why: 'unreachable' } },
    ]);
    world.command.faults.isUnreachable = false;
    await world.passTime(minuteMs);
    expect(world.command.arrivals).toHaveLength(0);
  });
});

describe('a decision that must not be sent', () => {
  it('because the facts are not those people saw: it is void, and people are asked again', async () => {
    const world = await worlds.openWithCard();
    world.command.changeFacts('run-1', { names: ['evil.example.com'] });
    await world.click('ada', 'approve');
    expect(world.command.arrivals).toHaveLength(0);
    expect(await world.approval()).toMatchObject({
      revision: 2,
      state: { kind: 'waiting', note: { kind: 'facts-changed', changes: [{ to: 'evil.example.com' }] } },
    });
    await world.deliver();
    expect(world.slack.notices()).toMatchObject([{ to: 'D-U0ADA', notice: { kind: 'vote-void' } }]);
  });

  it('because the facts changed: whose vote the system has counted as their own hears nothing of it', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve');
    const approval = await world.approval();
    const counted = await world.store.listVotes(approval.id);
    await world.store.saveApproval({ ...approval, counted }, 1, world.clock.now());
    world.command.changeFacts('run-1', { names: ['evil.example.com'] });
    await world.click('bo', 'approve');
    expect(world.command.arrivals).toHaveLength(0);
    await world.deliver();
    expect(world.slack.notices()).toMatchObject([{ to: 'D-U0BO', notice: { kind: 'vote-void' } }]);
  });

  it('because it was decided elsewhere: the card says so, and its makers hear that theirs changed nothing', async () => {
    const world = await worlds.openWithCard();
    world.command.decideElsewhere('run-1', false);
    await world.click('ada', 'approve');
    expect((await world.approval()).state).toMatchObject({ ending: { kind: 'decided-elsewhere' } });
    await world.deliver();
    expect(world.slack.notices()).toMatchObject([
      { to: 'D-U0KIM', notice: { kind: 'outcome' } },
      { to: 'D-U0ADA', notice: { kind: 'released', why: 'overtaken' } },
    ]);
  });

  it('because a voter lost the right to decide: that vote is taken out, the others stay', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve');
    world.slack.addPerson({ ...people.ada, membership: 'deactivated' });
    await world.click('bo', 'approve');
    await world.deliver();
    expect(world.command.arrivals).toHaveLength(0);
    expect(world.card().card).toMatchObject({
      votes: [{ name: 'Bo Tran' }],
      approval: { state: { kind: 'waiting', note: { kind: 'vote-void', names: ['Ada Okafor'] } } },
    });
    await world.click('cy', 'approve');
    expect(world.command.arrivals).toMatchObject([{ comment: expect.stringMatching(/Bo Tran.*Cy Patel/) }]);
  });

  it('because the system refuses it: nothing was changed, operators hear of it, people may decide again', async () => {
    const world = await worlds.openWithCard();
    world.command.faults.nextSignal = { kind: 'refuse', reason: 'no-role' };
    await world.click('ada', 'approve');
    await world.deliver();
    expect(world.card().card).toMatchObject({
      votes: [],
      actions: ['approve', 'deny', 'details', 'ask'],
      approval: { state: { kind: 'waiting', note: { kind: 'refused', reason: 'no-role' } } },
    });
    expect(world.slack.notices()).toMatchObject([
      { to: 'D-U0ADA', notice: { kind: 'vote-void', why: 'refused' } },
      { to: 'C0OPERATORS', notice: { event: { kind: 'signal-refused', reason: 'no-role' } } },
    ]);
    expect(world.log.sentences('error')).toEqual(['The system refused a signal; nothing was changed']);
    await world.click('ada', 'approve');
    expect((await world.approval()).state).toMatchObject({ ending: { kind: 'approved' } });
  });

  it('because a denial was about other facts: whoever had approved those hears that this is void too', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve');
    world.command.changeFacts('run-1', { names: ['evil.example.com'] });
    await world.click('bo', 'deny', { comment: 'no' });
    await world.deliver();
    expect(world.command.arrivals).toHaveLength(0);
    expect(world.slack.notices().map(({ to }) => to)).toEqual(['D-U0ADA', 'D-U0BO']);
  });

  it('because the rule wants more people by now: the votes stay, and the next one completes them', async () => {
    const world = await worlds.openWithCard({ quorum: 1 });
    world.command.faults.isUnreachable = true;
    await world.click('ada', 'approve');
    world.restart({ policy: policyOf(2) });
    world.command.faults.isUnreachable = false;
    await world.passTime(minuteMs);
    expect(world.card().card).toMatchObject({
      votes: [{ name: 'Ada Okafor' }],
      approval: { state: { kind: 'waiting', note: { kind: 'quorum-raised', have: 1, of: 2 } } },
    });
    await world.click('bo', 'approve');
    expect(world.command.arrivals).toMatchObject([{ comment: expect.stringMatching(/Ada Okafor.*Bo Tran/) }]);
  });

  it('because what it lacks is known on this side: it is called refused also where the run has moved', async () => {
    const world = await worlds.openWithCard();
    world.command.faults.beforeNextSignal = () => world.command.decideElsewhere('run-1', true);
    world.command.faults.nextSignal = { kind: 'refuse', reason: 'nobody-mapped', when: 'unsent' };
    await world.click('ada', 'approve');
    expect((await world.approval()).state).toMatchObject({
      kind: 'waiting',
      note: { kind: 'refused', isUnsent: true },
    });
  });
});

describe('a decision to which the system answered no', () => {
  it('went on to the next step between the last look and the signal', async () => {
    const world = await worlds.open();
    const steps = ['approval-1', 'approval-2'].map((uniqueName) => ({ uniqueName, needed: 1 }));
    world.command.start('run-1', steps);
    await world.passTime(0);
    world.command.faults.beforeNextSignal = () => world.command.decideElsewhere('run-1', true);
    await world.click('ada', 'approve');
    expect((await world.approval()).state).toMatchObject({ ending: { kind: 'overtaken', isRefused: true } });
    await world.passTime(15_000);
    expect(world.slack.cards().map(({ card }) => card.approval.state.kind)).toEqual(['ended', 'waiting']);
  });

  it('ended between the last look and the signal: whose doing that is stays open', async () => {
    const world = await worlds.openWithCard();
    world.command.faults.beforeNextSignal = () => world.command.decideElsewhere('run-1', false);
    await world.click('ada', 'approve');
    expect((await world.approval()).state).toMatchObject({ ending: { kind: 'overtaken', isRefused: true } });
  });

  it.each(['bad-request', 'no-role', 'not-waiting', 'engine-down'] as const)(
    'after its effect is told as sent and not as decided elsewhere: %s',
    async (reason) => {
      const world = await worlds.openWithCard();
      world.command.faults.nextSignal = { kind: 'refuse', reason, when: 'after-effect' };
      await world.click('ada', 'approve');
      expect((await world.approval()).state).toMatchObject({
        kind: 'ended',
        ending: { kind: 'overtaken', isRefused: true, now: { status: { kind: 'complete' } } },
        decision: { votes: [{ name: 'Ada Okafor' }] },
      });
      await world.deliver();
      expect(world.slack.notices()).toMatchObject([
        { to: 'D-U0KIM', notice: { kind: 'outcome' } },
        { to: 'D-U0ADA', notice: { kind: 'outcome-unknown' } },
      ]);
      const reported = (await recordsOf(world)).filter(({ kind }) => kind === 'signal-answer');
      expect(reported.map(({ answered }) => answered)).toEqual([{ kind: 'unknown', reason }]);
      expect(world.log.sentences('error')).toEqual([]);
    },
  );

  it('is not called refused while the run is on its way at the step, and is as soon as it waits again', async () => {
    const world = await worlds.openWithCard();
    world.command.faults.beforeNextSignal = () => world.command.set('run-1', { status: 'running' });
    world.command.faults.nextSignal = { kind: 'refuse', reason: 'bad-request' };
    await world.click('ada', 'approve');
    expect((await world.approval()).state).toMatchObject({ kind: 'checking', isAccepted: false });
    world.command.set('run-1', { status: 'suspended' });
    await world.passTime(minuteMs);
    expect((await world.approval()).state).toMatchObject({
      kind: 'waiting',
      note: { kind: 'refused', reason: 'bad-request' },
    });
    expect(world.command.arrivals).toHaveLength(0);
  });

  it('is not called unsent when the run cannot be read, and is never sent again', async () => {
    const world = await worlds.openWithCard();
    world.command.faults.beforeNextSignal = () => {
      world.command.faults.isDetailUnreadable = true;
    };
    world.command.faults.nextSignal = { kind: 'refuse', reason: 'not-waiting', when: 'after-effect' };
    await world.click('ada', 'approve');
    expect((await world.approval()).state).toMatchObject({ kind: 'checking', isAccepted: false });
    world.command.faults.isDetailUnreadable = false;
    await world.passTime(minuteMs);
    expect((await world.approval()).state).toMatchObject({ ending: { kind: 'overtaken', isRefused: true } });
    expect(world.command.arrivals).toHaveLength(1);
  });
});
