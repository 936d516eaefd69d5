/** The members of a subject, such as the users in a room. @module */
export { type MemberCount, memberCount } from './presence/member-count.js'
export {
  type ContractPresence,
  type Member,
  type Presence,
  type PresenceOptions,
  presence,
} from './presence/presence.js'
export type { ValuesStatus } from './values/watch-values.js'
