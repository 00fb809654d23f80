import type { Migration } from 'kysely';
import { firstTables } from './0001-first-tables.js';
import { commands } from './0002-commands.js';
import { leases } from './0003-leases.js';
import { alerts } from './0004-alerts.js';
import { ledger } from './0005-ledger.js';
import { clickLeases } from './0006-click-leases.js';
import { suspensionsReceipts } from './0007-suspensions-receipts.js';
import { links } from './0008-links.js';
import { tracking } from './0009-tracking.js';
import { evidence } from './0010-evidence.js';
import { cardChecks } from './0011-card-checks.js';
import { reminders } from './0012-reminders.js';
import { home } from './0013-home.js';
import { longHistory } from './0014-long-history.js';
import { absences } from './0015-absences.js';
import { ruleDecisions } from './0016-rule-decisions.js';
import { shadow } from './0017-shadow.js';
import { preferences } from './0018-preferences.js';
import { report } from './0019-report.js';
import { traces } from './0020-traces.js';
import { retention } from './0021-retention.js';
import { calledOff } from './0022-called-off.js';

/** Every step the tables ever took, in order; one that was released is never edited, only followed. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-first-tables': firstTables,
  '0002-commands': commands,
  '0004-alerts': alerts,
  '0003-leases': leases,
  '0005-ledger': ledger,
  '0006-click-leases': clickLeases,
  '0007-suspensions-receipts': suspensionsReceipts,
  '0008-links': links,
  '0009-tracking': tracking,
  '0010-evidence': evidence,
  '0011-card-checks': cardChecks,
  '0012-reminders': reminders,
  '0013-home': home,
  '0014-long-history': longHistory,
  '0015-absences': absences,
  '0016-rule-decisions': ruleDecisions,
  '0017-shadow': shadow,
  '0018-preferences': preferences,
  '0019-report': report,
  '0020-traces': traces,
  '0021-retention': retention,
  '0022-called-off': calledOff,
};
