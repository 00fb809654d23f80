import { render } from 'preact';
import { Session } from './session.js';
import { page, titleOf } from './shell.js';

const session = new Session(draw);
draw();
session.start();

function draw(): void {
  render(page(session), document.body);
  if (session.workspace !== undefined) document.title = titleOf(session.workspace, session.channel);
}
