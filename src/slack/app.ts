import { App, type webApi } from '@slack/bolt';
import type { InFlight } from '../shared/async.js';
import { commentField, linkPattern, strangeActionPattern, strangeCallbackPattern } from './ids.js';
import { registerAlerts } from './listeners/alerts.js';
import { registerApprovals } from './listeners/approvals.js';
import { registerCommands } from './listeners/commands.js';
import { arrived, broke, type ListenerContext, type Listening, onSubmission } from './listeners/context.js';
import { type Pickers, registerModals } from './listeners/modals.js';
import { readAction, readSlash } from './payloads.js';
import type { BoltLogger, ReceiverConnection } from './receivers.js';
import { clickReplyText, messages } from './text/answer.js';

/** What Bolt is set up with. */
interface SlackAppOptions {
  readonly connection: ReceiverConnection;
  readonly context: ListenerContext;
  readonly pickers: Pickers;
  readonly inFlight: InFlight;
  readonly botToken: string;
  readonly clientOptions: webApi.WebClientOptions;
  readonly logger: BoltLogger;
  /** True once nothing new may begin. */
  readonly isStopping: () => boolean;
}

/** Sets Bolt up: who listens to what, what counts as under way, and what a broken listener leads to. */
export async function createSlackApp(options: SlackAppOptions): Promise<App> {
  const { connection, context, inFlight, isStopping } = options;
  const app = new App({
    token: options.botToken,
    botId: context.us.botId,
    botUserId: context.us.botUserId,
    receiver: connection.receiver,
    logger: options.logger,
    convoStore: false,
    deferInitialization: true,
    extendedErrorHandler: true,
    clientOptions: options.clientOptions,
  });
  await app.init();
  app.use(async ({ next }) => {
    // What comes while stopping stays unacknowledged: Slack tells the person so, which is the truth.
    if (!isStopping()) await inFlight.track(next());
  });
  registerAll(app, context, options.pickers);
  const onError: Parameters<App['error']>[0] = async ({ error, body }) => reportBreak(context, error, body);
  app.error(onError);
  return app;
}

/**
 * Registers every listener.
 *
 * Bolt calls all whose pattern matches and acknowledges nothing by itself, so no two patterns match the same name,
 * and what none of them matches is acknowledged by the last.
 */
export function registerAll(app: Listening, context: ListenerContext, pickers: Pickers): void {
  registerApprovals(app, context);
  registerAlerts(app, context);
  registerCommands(app, context, pickers);
  registerModals(app, context, pickers);
  registerRest(app, context);
}

/** Following a link needs no answer; what is on no message of ours says that it is not. */
function registerRest(app: Listening, context: ListenerContext): void {
  app.action(linkPattern, ({ ack }) => arrived(context, 'press')(ack()));
  app.action(strangeActionPattern, async ({ body, ack }) => {
    await arrived(context, 'press')(ack());
    const asker = readAction(body)?.asker;
    if (asker)
      await context.replies.say(asker, clickReplyText({ kind: 'unknown-card' }, context.renderContext));
  });
  onSubmission(app, context, {
    callback: strangeCallbackPattern,
    handle: (_body, ack) => ack({ [commentField]: messages.oldWindow }),
  });
}

/** Logs what broke under a reference and gives the person that reference. */
async function reportBreak(context: ListenerContext, error: unknown, body: unknown): Promise<void> {
  const said = broke(context, { error, sentence: 'Handling something from Slack broke' });
  const asker = (readAction(body) ?? readSlash(body))?.asker;
  if (asker) await context.replies.say(asker, said);
}
