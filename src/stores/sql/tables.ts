import type { Kysely } from 'kysely';
import type {
  ChangeTable,
  FailureTable,
  IncidentTable,
  MuteTable,
  WatchedRunTable,
} from './rows/alert-tables.js';
import type {
  ApprovalTable,
  ClickTable,
  CodeTable,
  DialogTable,
  LinkRequestTable,
  LinkTable,
  ReceiptTable,
  SignalTable,
  SuspensionTable,
  VoteTable,
} from './rows/approval-tables.js';
import type { DeliveryTable, RateLimitTable } from './rows/delivery-tables.js';
import type {
  BotLeaseTable,
  LeaseTable,
  LedgerHeadTable,
  LedgerTable,
  NoteTable,
  PersonTable,
} from './rows/keeping-tables.js';

/** The database, or one transaction on it. Times are epoch milliseconds, flags are 0 or 1, bodies are JSON. */
export type Db = Kysely<Tables>;

/** Every table, by name. */
export interface Tables {
  readonly approvals: ApprovalTable;
  readonly codes: CodeTable;
  readonly votes: VoteTable;
  readonly clicks: ClickTable;
  readonly dialogs: DialogTable;
  readonly signals: SignalTable;
  readonly changes: ChangeTable;
  readonly deliveries: DeliveryTable;
  readonly lanes: RateLimitTable;
  readonly people: PersonTable;
  readonly incidents: IncidentTable;
  readonly failures: FailureTable;
  readonly mutes: MuteTable;
  readonly watched_runs: WatchedRunTable;
  readonly notes: NoteTable;
  readonly receipts: ReceiptTable;
  readonly suspensions: SuspensionTable;
  readonly links: LinkTable;
  readonly link_requests: LinkRequestTable;
  readonly ledger: LedgerTable;
  readonly ledger_heads: LedgerHeadTable;
  readonly bot_lease: BotLeaseTable;
  readonly leases: LeaseTable;
}
