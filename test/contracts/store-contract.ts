import { afterEach, beforeEach, describe } from '@jest/globals';
import type { Store } from '../../src/ports/store.js';
import { describeBatches } from './store/alerts/batches.js';
import { describeFailures } from './store/alerts/failures.js';
import { describeFollowUps } from './store/alerts/follow-ups.js';
import { describeIncidents } from './store/alerts/incidents.js';
import { describeWatchedRuns } from './store/alerts/watched-runs.js';
import { describeApprovals } from './store/approvals.js';
import { describeBotLease } from './store/bot-lease.js';
import { describeCards } from './store/cards.js';
import { describeChanges } from './store/changes.js';
import { describeClaims } from './store/claims.js';
import { describeClicks } from './store/clicks.js';
import { describeCodes } from './store/codes.js';
import { describeDigests } from './store/digests.js';
import { describeGauges } from './store/gauges.js';
import { describeHomes } from './store/homes.js';
import { describeLeases } from './store/leases.js';
import { describeLedger } from './store/ledger.js';
import { describeLinks } from './store/links.js';
import { describePeopleAndNotes } from './store/people-and-notes.js';
import { describePreferences } from './store/preferences.js';
import { describeRateLimits } from './store/rate-limits.js';
import { describeReportEntries } from './store/report-entries.js';
import { describeRetention } from './store/retention.js';
import { describeRights } from './store/rights.js';
import { describeSecretsOfChanges } from './store/secrets-of-changes.js';
import { describeShadowRecords } from './store/shadow-records.js';
import { describeSignals } from './store/signals.js';
import { describeTransactions } from './store/transactions.js';
import { describeTwins } from './store/twins.js';
import { describeVotes } from './store/votes.js';

/** Holds one way of remembering against everything the port promises; each test gets an empty store. */
export function describeStore(name: string, open: () => Promise<Store>): void {
  describe(name, () => {
    let opened: Store | undefined;
    const store = () => {
      if (!opened) throw new Error('The store is open only while a test runs');
      return opened;
    };
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(async () => {
      await opened?.close();
      opened = undefined;
    });
    describe('approvals', () => describeApprovals(store));
    describe('votes', () => describeVotes(store));
    describe('clicks and modals', () => describeClicks(store));
    describe('signals', () => describeSignals(store));
    describe('cards and notices', () => describeCards(store));
    describe('claims', () => describeClaims(store));
    describe('digests', () => describeDigests(store));
    describe('lanes', () => describeRateLimits(store));
    describe('codes', () => describeCodes(store));
    describe('changes', () => describeChanges(store));
    describe('Homes', () => describeHomes(store));
    describe('report entries', () => describeReportEntries(store));
    describe('preferences', () => describePreferences(store));
    describe('shadow records', () => describeShadowRecords(store));
    describe('failures', () => describeFailures(store));
    describe('incidents', () => describeIncidents(store));
    describe('alerts and their threads', () => describeFollowUps(store));
    describe('batches', () => describeBatches(store));
    describe('watched runs', () => describeWatchedRuns(store));
    describe('twins', () => describeTwins(store));
    describe('secrets of changes', () => describeSecretsOfChanges(store));
    describe('receipts and rights', () => describeRights(store));
    describe('people and notes', () => describePeopleAndNotes(store));
    describe('what is counted', () => describeGauges(store));
    describe('the ledger', () => describeLedger(store));
    describe('links', () => describeLinks(store));
    describe('retention', () => describeRetention(store));
    describe('transactions', () => describeTransactions(store));
    describe('the one running bot', () => describeBotLease(store));
    describe('leases', () => describeLeases(store));
  });
}
