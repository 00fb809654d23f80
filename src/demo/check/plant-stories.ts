import { headingOf, isLive, textOf, workTasksCard } from './cards.js';
import { person } from './person.js';
import { insist, type Story } from './story.js';

const responding: Story = {
  title: 'A workflow in Work Tasks asks by itself, and Ana’s choice lets it go on',
  async play(demo) {
    const { workTasks, plant: workTasksOpening } = demo;
    const card = await workTasksCard(demo, /Leave of blarsen/, /Send back/, /Family visit/);
    const ana = person(demo, 'ana');
    await ana.click(card, 'approve#0');
    insist(await ana.submit('Enjoy it'), 'the window did not take the comment');
    const decided = await workTasksCard(demo, /Leave of blarsen/, /Approved by Ana Ruiz/);
    const [alert] = workTasks.alerts;
    insist(alert?.hasMoved === true && alert.user === 'activedirectory::aruiz', 'the activity was not told');
    insist(!isLive(decided), 'the card still has buttons');
    return `${headingOf(decided)}; Work Tasks: ${workTasks.execution(workTasksOpening.leave).status}, as ${alert?.user}`;
  },
};

const linkOnly: Story = {
  title: 'A workflow that cannot say which activity waits gets a card with a link and no dead buttons',
  async play(demo) {
    const card = await workTasksCard(demo, /Purchase by jsmith/, /Open in Work Tasks/);
    insist(!isLive(card), 'the card has buttons that would do nothing');
    insist(/decide this one in the inbox/.test(textOf(card)), 'the card does not say where to decide');
    const { purchase } = demo.plant;
    demo.workTasks.completeInInbox({ execution: purchase, as: 'activedirectory::aruiz', output: 'Approved' });
    return headingOf(await workTasksCard(demo, /Purchase by jsmith/, /Over in Work Tasks/));
  },
};

/** Work Tasks asks people by itself. */
export const workTasksStories: readonly Story[] = [responding, linkOnly];
