/** Who is here: the members of a subject. @module */
export { type Member, type Presence, type PresenceOptions, presence } from './presence/presence.js'
export type { ValuesStatus } from './values/watch-values.js'
