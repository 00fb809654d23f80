/** Every kind of workflow system; another one is a folder of its own and a line here. */
export { keyfactor } from './keyfactor/kind.js';
export { workTasks } from './work-tasks/kind.js';
