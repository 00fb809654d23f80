import { createFaults, type Faults } from './api/faults.js';
import { createRateLimits, type RateLimits } from './api/rate-limits.js';
import { type Changes, createChanges } from './state/changes.js';
import { type Conversations, createConversations } from './state/conversations.js';
import { createDirectory, type Directory } from './state/directory.js';
import { createIds, type Ids } from './state/ids.js';
import { createMessages, type Messages } from './state/messages.js';
import { createReadMarks, type ReadMarks } from './state/read-marks.js';
import { createResponseUrls, type ResponseUrls } from './state/response-urls.js';
import { createTriggers, type Triggers } from './state/triggers.js';
import { createViews, type Views } from './state/views.js';
import { createTraffic, type Traffic } from './wire/traffic.js';
import type { WorkspaceSettings } from './workspace-settings.js';

/** Everything a simulated workspace remembers. */
export interface World {
  readonly settings: WorkspaceSettings;
  readonly ids: Ids;
  readonly changes: Changes;
  readonly directory: Directory;
  readonly conversations: Conversations;
  readonly messages: Messages;
  readonly readMarks: ReadMarks;
  readonly triggers: Triggers;
  readonly responseUrls: ResponseUrls;
  readonly views: Views;
  readonly traffic: Traffic;
  readonly faults: Faults;
  readonly rateLimits: RateLimits;
}

/** Creates a workspace with nobody in it but the app's bot user. */
export function createWorld(settings: WorkspaceSettings): World {
  const { now, seed, team, app } = settings;
  const ids = createIds({ seed, now });
  const changes = createChanges();
  const directory = createDirectory({ ids, teamId: team.id });
  directory.add({ id: app.botUserId, name: app.appName.toLowerCase(), realName: app.appName, isBot: true });
  return {
    settings,
    ids,
    changes,
    directory,
    conversations: createConversations({ ids, now, botUserId: app.botUserId, changes }),
    messages: createMessages(changes),
    readMarks: createReadMarks(),
    triggers: createTriggers({ ids, now }),
    responseUrls: createResponseUrls({ ids, now, teamId: team.id }),
    views: createViews({ ids, changes }),
    traffic: createTraffic({ now, changes }),
    faults: createFaults(),
    rateLimits: createRateLimits({ settings: settings.rateLimits, now }),
  };
}
