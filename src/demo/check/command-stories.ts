import type { Actor } from '../scene/cast.js';
import { liveCard, workTasksCard } from './cards.js';
import { person } from './person.js';
import { type CheckedDemo, insist, type Story } from './story.js';

/** Types a command, confirms what is proposed, and waits for the answer. */
async function order(
  demo: CheckedDemo,
  actor: Actor,
  requested: { readonly text: string; readonly proposal: RegExp; readonly answer: RegExp },
): Promise<void> {
  const one = person(demo, actor);
  const hear = one.listen();
  await one.type(requested.text);
  const proposal = await hear(new RegExp(`${requested.proposal.source}[\\s\\S]*command\\.confirm`));
  await one.confirm(proposal);
  // The answer takes the proposal's place, and may use the same words.
  await hear(new RegExp(`^(?![\\s\\S]*command\\.confirm)[\\s\\S]*${requested.answer.source}`));
}

const executing: Story = {
  title: 'Omar starts a workflow in Work Tasks with checked values, and its approval gets a card',
  async play(demo) {
    const { workTasks } = demo;
    const before = workTasks.executions().length;
    await order(demo, 'omar', {
      text: 'execute "Leave request" Days=2 From=2026-12-28',
      proposal: /Leave WF/,
      answer: /Started/,
    });
    const started = workTasks.executions().slice(before);
    insist(started.length === 1, `${started.length} executions were started`);
    insist(
      started[0]?.initiator === 'activedirectory::ohaddad',
      `it was started as ${started[0]?.initiator}`,
    );
    await workTasksCard(demo, /Leave of ohaddad/, /2026/, /Send back/);
    return `Leave WF, execution ${started[0]?.id}, started as ${started[0]?.initiator}`;
  },
};

const pausing: Story = {
  title: 'Omar pauses an execution, and lets it go on',
  async play(demo) {
    const { workTasks, plant: workTasksOpening } = demo;
    const status = () => workTasks.execution(workTasksOpening.backup).status;
    const ref = `"Backup WF#${workTasksOpening.backup.id}"`;
    await order(demo, 'omar', { text: `pause ${ref}`, proposal: /resume/, answer: /To undo/ });
    insist(status() === 'PA', `Work Tasks says ${status()} after the pause`);
    await order(demo, 'omar', { text: `resume ${ref}`, proposal: /[Rr]esume/, answer: /To undo/ });
    insist(status() === 'SL', `Work Tasks says ${status()} after the resume`);
    return 'SL, then PA, then SL again';
  },
};

const restarting: Story = {
  title: 'Omar restarts a failed run in Command, which waits again under a card of its own',
  async play(demo) {
    const { command, opening } = demo;
    const before = new Set(command.instances().map(({ id }) => id));
    await order(demo, 'omar', {
      text: `restart ${opening.device}`,
      proposal: /first step/,
      answer: /goes on as run/,
    });
    const [run] = command.instances().filter(({ id }) => !before.has(id));
    if (!run) throw new Error('Command has no new run');
    await liveCard(demo, run.id);
    return `${command.instance(opening.device).status}, and a new run that is ${run.status}`;
  },
};

/** Operators type. */
export const commandStories: readonly Story[] = [executing, pausing, restarting];
