import { z } from 'zod';
import { anyCase, someFlag, someList, someRecord, someText } from './lenient.js';

/** Ids are compared between answers, so their case must not matter. */
const instanceId = z
  .string()
  .min(1)
  .max(100)
  .transform((id) => id.toLowerCase());

const rowShape = {
  id: instanceId,
  /** A name by the documentation and on live servers, an integer by the specification. */
  status: someText,
  statusmessage: someText,
  definition: anyCase({
    id: someText,
    displayname: someText,
    version: z.coerce.number().int().catch(0),
    workflowtype: someText,
  }).nullish(),
  currentstepdisplayname: someText,
  currentstepuniquename: someText,
  title: someText,
  lastmodified: someText,
  startdate: someText,
  referenceid: someText,
};

/** One row of a list of instances. */
export const instanceRow = anyCase(rowShape);

/** One instance in full. */
export const instanceDetail = anyCase({
  ...rowShape,
  signals: someList(anyCase({ signalname: someText, signalreceived: someFlag })),
  initialdata: someRecord,
  currentstatedata: someRecord,
});

/** A row as read. */
export type InstanceRow = z.output<typeof instanceRow>;

/** An instance as read. */
export type InstanceDetail = z.output<typeof instanceDetail>;
