import { App, type webApi } from '@slack/bolt';
import type { ArrivalKind } from '../ports/runtime.js';
import type { InFlight } from '../shared/async.js';
import { asError } from '../shared/errors.js';
import { commentField, isOfAlert, isOfCommand, repudiateActionId } from './ids.js';
import { type AlertHandlerContext, handleAlertAction } from './listeners/alerts.js';
import {
  type ApprovalHandlerContext,
  handleAction,
  handleRepudiate,
  handleSubmission,
  type ReceiptHandlerContext,
} from './listeners/approvals.js';
import type { CommandHandlerContext } from './listeners/command-context.js';
import { handleCommand, handleCommandAction } from './listeners/commands.js';
import { handlePicker } from './listeners/pickers.js';
import { readReplyTarget, readSlash } from './payloads.js';
import type { BoltLogger, ReceiverConnection } from './receivers.js';
import { clickReplyText } from './text/answer.js';

/** What Bolt is set up with. */
export interface SlackAppOptions {
  readonly connection: ReceiverConnection;
  readonly approvalContext: ApprovalHandlerContext;
  readonly commandContext: CommandHandlerContext;
  readonly alertContext: AlertHandlerContext;
  readonly receiptContext: ReceiptHandlerContext;
  readonly inFlight: InFlight;
  readonly botToken: string;
  readonly clientOptions: webApi.WebClientOptions;
  readonly logger: BoltLogger;
  /** True once nothing new may begin. */
  readonly isStopping: () => boolean;
}

/** Sets Bolt up: which handler takes what, what counts as under way, and what a broken handler leads to. */
export async function createSlackApp(options: SlackAppOptions): Promise<App> {
  const { connection, inFlight, isStopping } = options;
  const app = new App({
    token: options.botToken,
    botId: options.approvalContext.us.botId,
    botUserId: options.approvalContext.us.botUserId,
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
  listen(app, options);
  return app;
}

/** Commands and alerts have handlers of their own; everything else is about cards. */
function listen(
  app: App,
  { approvalContext, commandContext, alertContext, receiptContext }: SlackAppOptions,
): void {
  app.command(commandContext.command, ({ body, ack }) => {
    const acked = arrived(approvalContext, 'command');
    return handleCommand(commandContext, body, () => acked(ack()));
  });
  app.action(/^/, ({ action, body, ack: acknowledge }) => {
    const acked = arrived(approvalContext, 'press');
    const ack = () => acked(acknowledge());
    const id = 'action_id' in action ? action.action_id : '';
    if (isOfAlert(id)) return handleAlertAction(alertContext, body, ack);
    if (id === repudiateActionId) return handleRepudiate(receiptContext, body, ack);
    if (isOfCommand(id)) return handleCommandAction({ ...commandContext, approvalContext }, body, ack);
    return handleAction(approvalContext, body, ack);
  });
  app.view(/^/, ({ body, ack }) => {
    const acked = arrived(approvalContext, 'submission');
    const reply = (complaints: Complaints) => acked(ack(...complaining(complaints)));
    return isOfCommand(body.view.callback_id)
      ? handlePicker(commandContext, body, reply)
      : handleSubmission(approvalContext, body, (text, field = commentField) =>
          reply(text === undefined ? undefined : { [field]: text }),
        );
  });
  const onError: Parameters<App['error']>[0] = async ({ error, body }) =>
    reportBreak(approvalContext, error, body);
  app.error(onError);
}

/** Notes when something arrived; the returned function counts how long its acknowledgement took. */
function arrived(
  { metrics, now }: ApprovalHandlerContext,
  kind: ArrivalKind,
): (acknowledged: Promise<void>) => Promise<void> {
  const atMs = now();
  return async (acknowledged) => {
    await acknowledged;
    metrics.acknowledged({ kind, tookMs: now() - atMs });
  };
}

type Complaints = Readonly<Record<string, string>> | undefined;

/** What keeps a modal open with complaints under its blocks; nothing closes it. */
function complaining(errors: Complaints) {
  return errors === undefined ? ([] as const) : ([{ response_action: 'errors' as const, errors }] as const);
}

/** Logs what broke under a reference and gives the person that reference. */
async function reportBreak(
  approvalContext: ApprovalHandlerContext,
  error: unknown,
  body: unknown,
): Promise<void> {
  const ref = approvalContext.newId();
  approvalContext.log.error({ ref, err: asError(error) }, 'Handling something from Slack broke');
  const place = readReplyTarget(body) ?? readSlash(body)?.asker;
  if (place)
    await approvalContext.privateReplies.say(
      place,
      clickReplyText({ kind: 'broke', ref }, approvalContext.renderContext),
    );
}
