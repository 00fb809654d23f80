import type { World } from '../world.js';
import { knownConversation } from './present.js';
import type { WorkspaceControls } from './workspace-hands.js';

type AdminControls = Pick<
  WorkspaceControls,
  | 'addMember'
  | 'changeMember'
  | 'deactivate'
  | 'addGroup'
  | 'addChannel'
  | 'join'
  | 'leave'
  | 'inviteApp'
  | 'removeApp'
  | 'archive'
  | 'deleteMessage'
  | 'im'
>;

/** Creates what an administrator of the workspace does: people, groups and channels. */
export function createAdminControls(world: World): AdminControls {
  const { directory, conversations, changes } = world;
  const { botUserId } = world.settings.app;
  const announced = <T>(value: T): T => {
    changes.emit({ kind: 'state' });
    return value;
  };
  const setMembers = (channel: string, change: (members: Set<string>) => void) => {
    const members = new Set(knownConversation(world, channel).members);
    change(members);
    conversations.change(channel, { members });
  };
  const join = (channel: string, member: string) =>
    setMembers(channel, (members) => {
      members.add(member);
    });
  const leave = (channel: string, member: string) =>
    setMembers(channel, (members) => {
      members.delete(member);
    });
  return {
    addMember: (member) => announced(directory.add(member)),
    changeMember: (id, fields) => announced(directory.change(id, fields)),
    deactivate: (member) => {
      announced(directory.change(member, { isDeactivated: true }));
    },
    addGroup: (group) => announced(directory.addGroup(group)),
    addChannel: (channel) => conversations.addChannel(channel),
    join,
    leave,
    inviteApp: (channel) => join(channel, botUserId),
    removeApp: (channel) => leave(channel, botUserId),
    archive: (channel) => {
      conversations.change(channel, { isArchived: true });
    },
    deleteMessage: (channel, ts) => world.messages.remove(knownConversation(world, channel).id, ts),
    im: (member) => conversations.openIm(member),
  };
}
