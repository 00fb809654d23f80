import type { AlertService } from '../../../ports/alert-desk.js';
import type { Context } from '../../context.js';
import { recordAlertAction } from '../../ledger/record-alert.js';
import { showAlert } from '../show-alert.js';
import { atAlert } from './at-alert.js';
import { cancelBatch, carryOutBatch, confirmBatch } from './carry-out-batch.js';
import { muteIncident, unmuteIncident } from './mute-incident.js';
import { proposeRecovery } from './propose-way-out.js';
import { takeIncident } from './take-incident.js';

/** Opens the desk at which a chat lays what people do with alerts. */
export function createAlertService(context: Context): AlertService {
  return {
    details: (incidentId, asker) =>
      atAlert(context, { incidentId, verb: 'status', asker }, async (at) => {
        const alert = await showAlert(context, at.incident);
        return recordAlertAction(at, () => Promise.resolve({ kind: 'details', alert }));
      }),
    take: (incidentId, asker) => atAlert(context, { incidentId, verb: 'status', asker }, takeIncident),
    mute: (incidentId, span, asker) =>
      atAlert(context, { incidentId, verb: 'status', asker }, (at) => muteIncident(at, span)),
    unmute: (incidentId, asker) => atAlert(context, { incidentId, verb: 'status', asker }, unmuteIncident),
    propose: (incidentId, way, asker) =>
      atAlert(context, { incidentId, verb: way, asker }, (at) => proposeRecovery(at, way)),
    confirm: (batchId, asker) => confirmBatch(context, batchId, asker),
    carryOut: (batchId) => carryOutBatch(context, batchId),
    cancel: (batchId, asker) => cancelBatch(context, batchId, asker),
  };
}
