import type { DemoRequest } from './request.js';

const hosts = ['intranet', 'ci', 'registry', 'metrics', 'tickets', 'mqtt', 'sso-test', 'backup', 'docs'];
const people = ['mjones', 'dkhan', 'tnguyen', 'fweber', 'blarsen'];

/** Gives the next ordinary request; the same number always asks for the same thing, and no two for one name. */
export function everydayRequest(number: number): DemoRequest {
  const round = Math.floor(number / hosts.length) + 1;
  const isLab = number % 3 === 2;
  const name = `${hosts[number % hosts.length]}-${String(round).padStart(2, '0')}`;
  return {
    definition: isLab ? 'Lab certificates' : 'Web server certificates',
    requester: `KEYEXAMPLE\\${people[number % people.length]}`,
    about: {
      kind: 'enrolment',
      host: `${name}.keyexample.com`,
      otherNames: number % 2 === 0 ? [] : [`${name}.corp.keyexample.com`],
      key: 'ec-p256',
      template: isLab ? 'Lab 90d' : 'Web Server 2y',
      authority: isLab ? 'LabCA1' : 'CorpIssuingCA1',
    },
  };
}
