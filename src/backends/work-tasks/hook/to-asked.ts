import { noFacts } from '../../../domain/request-facts.js';
import type { InboundRequest } from '../../../ports/told-desk.js';
import { toInstance } from '../translate/to-instance.js';
import type { InboundBody } from './told-body.js';

/**
 * Says in our words what a workflow told.
 *
 * The step takes its name from the workflow's design only, never from what a requester may have typed: rules
 * go by it.
 */
export function toInboundRequest(system: string, inbound: InboundBody): InboundRequest {
  const { workflow, executionid, executiondetailsid, key, activity, subject, requester, data } = inbound;
  const { title, ...instance } = toInstance(
    system,
    { workflow, executionId: executionid },
    { status: { kind: 'suspended', raw: '' } },
  );
  return {
    instance: {
      ...instance,
      title: subject ?? title,
      step: {
        uniqueName: key === undefined ? `activity:${executiondetailsid}` : `key:${key}`,
        name: activity ?? 'Approval',
      },
      awaitsApproval: true,
      facts: {
        ...noFacts,
        requesters: requester ?? [],
        others: data?.values ?? [],
        ...(subject === undefined ? {} : { subject }),
        isTold: true,
      },
    },
    suggested: inbound.approver ?? [],
    ...(key === undefined ? {} : { key }),
    ...(executiondetailsid === undefined ? {} : { activityId: executiondetailsid }),
    ...(activity === undefined ? {} : { activity }),
    ...(inbound.outputs === undefined ? {} : { outputs: inbound.outputs }),
  };
}
